import type { Availability } from '#contracts';

import type { Stage } from './intents.js';
import { AGENT } from './profiles.js';
import type { Random } from '../random.js';

/** The first tab; others come and go beside it. */
const MAIN_TAB = 1;
/** Shifts begin with the hour; people come in within this time. */
const LATE_MS = 3 * 60_000;

/** A conversation as its agent needs to know it. */
export interface HeldChat {
  /** The agent hands it back. */
  passOn(): void;
  /** Muster took it away. */
  lostAgent(): void;
}

/** The hours of one agent, as the agent needs to know them. */
export interface Hours {
  /** Milliseconds until the next shift begins. */
  untilStart(): number;
  /** Milliseconds until the shift ends; 0 outside of it. */
  untilEnd(): number;
}

/**
 * One agent: comes to work, takes breaks, opens tabs, loses the connection, goes home. It speaks through intents only
 * and assumes that they are carried out; `dismiss` tells it that Muster does not let it in.
 */
export class Agent {
  readonly chats = new Set<HeldChat>();
  availability: Availability = 'away';
  private readonly pace: number;
  private readonly tabs = new Set<number>();
  private plans: { cancel(): void }[] = [];
  private leaving = false;

  constructor(
    readonly id: string,
    private readonly stage: Stage,
    private readonly random: Random,
    private readonly hours: Hours,
  ) {
    this.pace = random.logNormal(1, AGENT.paceSigma);
  }

  get online(): boolean {
    return this.tabs.size > 0;
  }

  /** Whether it answers now; in a break or without a connection it doesn't. */
  get answering(): boolean {
    return this.online && this.availability !== 'away';
  }

  /** Time to write one answer, given a median for someone with a single conversation. */
  replyDelay(medianMs: number): number {
    const divided = 1 + AGENT.slowdown * Math.max(0, this.chats.size - 1);
    return this.random.logNormal(medianMs * this.pace * divided, AGENT.replySigma);
  }

  get onShift(): boolean {
    return this.hours.untilEnd() > 0;
  }

  /** Comes in after `delay` during the shift, else when it begins. */
  start(delay: number): void {
    if (this.onShift) this.plan(delay, () => this.arrive());
    else this.waitForShift();
  }

  /** Muster refused this agent, or it is no longer there. Nothing planned remains. */
  dismiss(): void {
    this.forgetPlans();
    for (const tab of this.tabs) this.closeTab(tab, true);
    for (const chat of [...this.chats]) chat.lostAgent();
    this.availability = 'away';
  }

  private waitForShift(): void {
    const late = this.random.between(0, LATE_MS);
    this.plan(this.hours.untilStart() + late, () => this.arrive());
  }

  private arrive(): void {
    this.forgetPlans();
    this.leaving = false;
    this.openTab(MAIN_TAB);
    this.become('available');
    this.plan(this.hours.untilEnd(), () => this.windDown());
    this.planInterruption();
  }

  private planInterruption(): void {
    this.plan(this.random.exponential(AGENT.interruptionMs), () => {
      if (!this.leaving) this.interrupt();
      this.planInterruption();
    });
  }

  private interrupt(): void {
    if (this.availability !== 'available') return;
    const what = this.random.weighted({ break: 0.3, focus: 0.25, secondTab: 0.25, loss: 0.2 });
    if (what === 'break') this.pause('away', AGENT.breakMs);
    if (what === 'focus') this.pause('busy', AGENT.focusMs);
    if (what === 'secondTab') this.useSecondTab();
    if (what === 'loss') this.loseConnection();
  }

  private pause(availability: Availability, medianMs: number): void {
    this.become(availability);
    this.plan(this.random.logNormal(medianMs, 0.5), () => {
      if (!this.leaving) this.become('available');
    });
  }

  /** A tab beside the first: half the time it survives a closed first tab ("switches tabs"). */
  private useSecondTab(): void {
    const [first] = this.tabs;
    if (first === undefined || this.tabs.size > 1) return;
    const second = first + 1;
    this.openTab(second);
    const closed = this.random.chance(0.5) ? first : second;
    this.plan(this.random.logNormal(AGENT.secondTabMs, 0.7), () => this.closeTab(closed, this.random.chance(0.8)));
  }

  /** Everything breaks off at once and comes back, now and then later than Muster's grace for it. */
  private loseConnection(): void {
    for (const tab of this.tabs) this.closeTab(tab, false);
    this.plan(this.random.logNormal(AGENT.lossMs, 0.8), () => this.openTab(MAIN_TAB));
  }

  /** Takes nothing new, finishes what can be finished. */
  private windDown(): void {
    this.leaving = true;
    this.become('busy');
    this.plan(this.random.logNormal(AGENT.windDownMs, 0.4), () => this.goHome());
  }

  /** What is still open goes to colleagues. Some just close the laptop. */
  private goHome(): void {
    this.forgetPlans();
    for (const chat of [...this.chats]) chat.passOn();
    const clean = this.random.chance(0.85);
    for (const tab of this.tabs) this.closeTab(tab, clean);
    if (clean) this.stage.emit({ kind: 'agent.logout', agentId: this.id });
    this.waitForShift();
  }

  private become(availability: Availability): void {
    this.availability = availability;
    this.stage.emit({ kind: 'agent.availability', agentId: this.id, availability });
  }

  private openTab(tab: number): void {
    if (this.tabs.has(tab)) return;
    this.tabs.add(tab);
    this.stage.emit({ kind: 'tab.open', agentId: this.id, tab });
  }

  private closeTab(tab: number, clean: boolean): void {
    if (!this.tabs.delete(tab)) return;
    this.stage.emit({ kind: 'tab.close', agentId: this.id, tab, clean });
  }

  private plan(delay: number, act: () => void): void {
    this.plans.push(this.stage.in(delay, act));
  }

  private forgetPlans(): void {
    for (const plan of this.plans) plan.cancel();
    this.plans = [];
  }
}
