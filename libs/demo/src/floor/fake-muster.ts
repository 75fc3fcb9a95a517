import type { Availability } from '#contracts';

import type { Intent } from './intents.js';
import type { Simulation } from './simulation.js';
import type { FloorAgent } from './staff.js';

interface Desk {
  agent: FloorAgent;
  tabs: Set<number>;
  availability: Availability;
  open: Set<number>;
}

/**
 * Muster's rules for a test of the simulation alone: an agent is connected while a tab is open, a conversation goes to
 * the least loaded agent that is connected, available and below its capacity, in the order of ids.
 */
export class FakeMuster {
  readonly desks: Map<string, Desk>;
  readonly holders = new Map<number, string | null>();
  readonly waiting = new Set<number>();

  constructor(
    private readonly simulation: Simulation,
    agents: readonly FloorAgent[],
  ) {
    this.desks = new Map(
      agents.map((agent) => [agent.id, { agent, tabs: new Set(), availability: 'away', open: new Set() }]),
    );
  }

  /** Moves the time in steps and carries out what the floor does. */
  run(until: number, step: number, each: (intent: Intent) => void = () => {}): void {
    while (this.simulation.now < until) {
      for (const intent of this.simulation.advance(this.simulation.now + step)) {
        each(intent);
        this.carryOut(intent);
      }
    }
  }

  online(): Desk[] {
    return [...this.desks.values()].filter(({ tabs }) => tabs.size > 0);
  }

  private carryOut(intent: Intent): void {
    if ('agentId' in intent) this.atDesk(intent, this.desk(intent.agentId));
    if ('chat' in intent) this.inChat(intent);
  }

  private atDesk(intent: Intent, desk: Desk): void {
    if (intent.kind === 'tab.open') desk.tabs.add(intent.tab);
    if (intent.kind === 'tab.close') desk.tabs.delete(intent.tab);
    if (intent.kind === 'agent.availability') desk.availability = intent.availability;
    if (intent.kind === 'agent.writes') this.waiting.delete(intent.chat.id);
  }

  private inChat(intent: Intent & { chat: { id: number; teamId: string } }): void {
    const { id, teamId } = intent.chat;
    if (intent.kind === 'customer.writes') {
      this.waiting.add(id);
      if (intent.first) this.holders.set(id, null);
    }
    if (intent.kind === 'chat.assign') this.assign(id, intent.anyTeam ? null : teamId);
    if (intent.kind === 'chat.release') this.release(id);
    if (intent.kind === 'chat.resolve') this.resolve(id);
  }

  private assign(id: number, teamId: string | null): void {
    const [best] = [...this.desks.values()]
      .filter(({ agent }) => teamId === null || agent.team.id === teamId)
      .filter((desk) => desk.tabs.size > 0 && desk.availability === 'available' && desk.open.size < desk.agent.capacity)
      .sort((a, b) => a.open.size / a.agent.capacity - b.open.size / b.agent.capacity);
    if (!best) return this.simulation.refused(id);
    best.open.add(id);
    this.holders.set(id, best.agent.id);
    this.simulation.assigned(id, best.agent.id);
  }

  private release(id: number): void {
    const holder = this.holders.get(id);
    if (holder) this.desk(holder).open.delete(id);
    this.holders.set(id, null);
  }

  private resolve(id: number): void {
    this.release(id);
    this.holders.delete(id);
    this.waiting.delete(id);
  }

  private desk(id: string): Desk {
    const desk = this.desks.get(id);
    if (!desk) throw new Error(`No such agent: ${id}`);
    return desk;
  }
}
