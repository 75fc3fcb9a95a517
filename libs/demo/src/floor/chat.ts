import type { Agent } from './agent.js';
import type { ChatRef, Stage } from './intents.js';
import { AGENT, CUSTOMER, type TeamProfile } from './profiles.js';
import type { Random } from '../random.js';

/** How long after a refusal it is tried again to find somebody. */
const ASK_AGAIN_MS = 4_000;
/** From then on an agent of any team may take the conversation. */
const ANY_TEAM_AFTER_MS = 40_000;
/** How long until it is looked again whether the agent is back. */
const LOOK_AGAIN_MS = 5_000;

/** What a conversation needs from the floor around it. */
export interface ChatHost extends Stage {
  /** A number for the next outbound message. */
  nextMessage(): number;
  /** The conversation is over; the customer may write again. */
  over(chat: Chat): void;
}

/**
 * One conversation: the customer writes, somebody takes it, they take turns a geometric number of times, it is closed.
 * At any time exactly one thing is planned next (`turn`); besides it only the customer's patience and impatience run.
 */
export class Chat {
  agent: Agent | null = null;
  private turn: { cancel(): void } | null = null;
  private patience: { cancel(): void } | null = null;
  private left: number;
  private readonly since: number;
  private waiting = false;
  private finished = false;

  constructor(
    readonly ref: ChatRef,
    private readonly host: ChatHost,
    private readonly random: Random,
    private readonly profile: TeamProfile,
  ) {
    this.left = random.geometric(profile.exchanges);
    this.since = host.now();
  }

  /** Whether the customer's last message has no answer yet. */
  get isWaiting(): boolean {
    return this.waiting;
  }

  /** The customer writes for the first time and waits for somebody. */
  begin(): void {
    this.customerWrites(true);
    this.queue();
  }

  /** Goes on with a conversation that was there before; `held`: by an agent, who passes it on if it isn't `agent`. */
  resume(agent: Agent | null, waiting: boolean, held: boolean): void {
    this.waiting = waiting;
    if (agent) this.assigned(agent);
    else if (held) this.passOn();
    else this.queue();
  }

  assigned(agent: Agent): void {
    if (this.finished || agent === this.agent) return;
    this.patience?.cancel();
    this.patience = null;
    this.agent?.chats.delete(this);
    this.agent = agent;
    agent.chats.add(this);
    if (this.waiting) this.agentsTurn();
    else this.customersTurn();
  }

  /** Nobody could take it now. */
  refused(): void {
    if (this.finished || this.agent) return;
    this.next(this.random.logNormal(ASK_AGAIN_MS, 0.5), () => this.ask());
  }

  /** The agent hands it back and another one is found. */
  passOn(): void {
    this.host.emit({ kind: 'chat.release', chat: this.ref });
    this.lostAgent();
  }

  /** Muster took it from the agent. */
  lostAgent(): void {
    if (this.finished) return;
    this.agent?.chats.delete(this);
    this.agent = null;
    this.queue();
  }

  /** Over, however it came to that. */
  end(): void {
    if (this.finished) return;
    this.finished = true;
    this.turn?.cancel();
    this.patience?.cancel();
    this.agent?.chats.delete(this);
    this.host.over(this);
  }

  private queue(): void {
    this.patience ??= this.host.in(this.random.exponential(CUSTOMER.patienceMs), () => this.resolve());
    this.next(0, () => this.ask());
  }

  private ask(): void {
    const anyTeam = this.host.now() - this.since > ANY_TEAM_AFTER_MS;
    this.host.emit({ kind: 'chat.assign', chat: this.ref, anyTeam });
  }

  private agentsTurn(): void {
    const delay = this.agent?.replyDelay(this.profile.replyMs) ?? LOOK_AGAIN_MS;
    this.next(delay, () => this.agentAnswers());
    if (this.random.chance(CUSTOMER.nudge)) this.planNudge();
  }

  private agentAnswers(): void {
    if (!this.agent?.answering)
      return this.next(this.random.between(0.5, 1.5) * LOOK_AGAIN_MS, () => this.agentAnswers());
    this.agentWrites(this.agent.id);
    if (this.random.chance(AGENT.another))
      return this.next(this.random.between(2_000, 9_000), () => this.agentGoesOn());
    this.answered();
  }

  private agentGoesOn(): void {
    if (this.agent?.answering) this.agentWrites(this.agent.id);
    this.answered();
  }

  private answered(): void {
    this.left -= 1;
    if (this.left > 0) return this.customersTurn();
    this.next(this.random.logNormal(AGENT.wrapUpMs, AGENT.wrapUpSigma), () => this.resolve());
  }

  private customersTurn(): void {
    this.next(this.random.logNormal(CUSTOMER.replyMs, CUSTOMER.replySigma), () => this.customerGoesOn());
  }

  private customerGoesOn(): void {
    this.customerWrites(false);
    if (this.random.chance(CUSTOMER.another)) {
      return this.next(this.random.between(1_500, 7_000), () => this.customerGoesOn());
    }
    this.agentsTurn();
  }

  /** Asks again if the agent has not answered by then. */
  private planNudge(): void {
    const asked = this.left;
    this.host.in(this.random.exponential(CUSTOMER.nudgeMs), () => {
      if (!this.finished && this.waiting && this.left === asked) this.customerWrites(false);
    });
  }

  private customerWrites(first: boolean): void {
    this.waiting = true;
    this.host.emit({ kind: 'customer.writes', chat: this.ref, first });
  }

  private agentWrites(agentId: string): void {
    this.waiting = false;
    const message = this.host.nextMessage();
    this.host.emit({ kind: 'agent.writes', chat: this.ref, agentId, message });
    this.planStatuses(message);
  }

  /** What WhatsApp reports about the message, in order: it is sent, arrives, and mostly is read. */
  private planStatuses(message: number): void {
    const report = (status: 'sent' | 'delivered' | 'read' | 'failed') => () =>
      this.host.emit({ kind: 'message.status', chat: this.ref, message, status });
    const sent = this.random.between(300, 900);
    this.host.in(sent, report('sent'));
    if (this.random.chance(0.004)) return void this.host.in(sent + 2_000, report('failed'));
    const delivered = sent + this.random.logNormal(700, 0.6);
    this.host.in(delivered, report('delivered'));
    if (this.random.chance(CUSTOMER.unread)) return;
    this.host.in(delivered + this.random.logNormal(9_000, 1), report('read'));
  }

  private resolve(): void {
    this.host.emit({ kind: 'chat.resolve', chat: this.ref });
    this.end();
  }

  private next(delay: number, act: () => void): void {
    this.turn?.cancel();
    this.turn = this.host.in(delay, act);
  }
}
