/**
 * What a floor was at each moment, by definition: every state it ever had is kept whole, every message in a list. The
 * oracle of past rosters; it shares nothing with the product but the wire's types.
 */
import type { Availability, Direction, Id, Lifecycle, RosterRow, RosterTeam } from '#contracts';

export interface FloorTeam {
  id: Id;
  name: string;
  status: Lifecycle;
  capacity: number;
}

export interface FloorAgent {
  id: Id;
  name: string;
  teamId: Id;
  status: Lifecycle;
  capacity: number | null;
  availability: Availability;
  connected: boolean;
  presence: RosterRow['presence'];
}

/** Everything but the messages. */
export interface FloorState {
  teams: Map<Id, FloorTeam>;
  agents: Map<Id, FloorAgent>;
  /** Who has which open conversation. */
  held: Map<Id, Id>;
}

export interface FloorMessage {
  conversationId: Id;
  agentId: Id | null;
  teamId: Id | null;
  direction: Direction;
  at: number;
}

type Shown<Row> = Omit<Row, 'v'>;

const BUCKET_MS = 5_000;
const WINDOWS = { m1: 60_000, m5: 300_000, m15: 900_000, h1: 3_600_000 };

export class PastFloor {
  readonly messages: FloorMessage[] = [];
  private readonly past: { at: number; state: FloorState }[] = [];
  private state: FloorState = { teams: new Map(), agents: new Map(), held: new Map() };

  get now(): FloorState {
    return this.state;
  }

  /** The moments at which something changed. */
  get moments(): number[] {
    return this.past.map(({ at }) => at);
  }

  /** Something happens at a moment, not before the one before. */
  change(at: number, act: (state: FloorState) => void): void {
    this.state = structuredClone(this.state);
    act(this.state);
    for (const agent of this.state.agents.values()) {
      const state = agent.status === 'active' && agent.connected ? agent.availability : 'offline';
      if (agent.presence.state !== state) agent.presence = { state, since: new Date(at).toISOString() };
    }
    this.past.push({ at, state: this.state });
  }

  rowsAt(moment: number): Shown<RosterRow>[] {
    const state = this.stateAt(moment);
    return state ? [...state.agents.values()].map((agent) => this.rowOf(state, agent, moment)) : [];
  }

  teamsAt(moment: number): Shown<RosterTeam>[] {
    const state = this.stateAt(moment);
    return state ? [...state.teams.values()].map((team) => this.teamOf(state, team, moment)) : [];
  }

  private stateAt(moment: number): FloorState | undefined {
    return this.past.findLast(({ at }) => at <= moment)?.state;
  }

  private rowOf(state: FloorState, agent: FloorAgent, moment: number): Shown<RosterRow> {
    const { id, name, teamId, status, presence } = agent;
    const held = [...state.held].filter(([, holder]) => holder === id).map(([conversation]) => conversation);
    const waiting = held.flatMap((conversation) => this.waitsSince(conversation, moment) ?? []).toSorted();
    const capacity = agent.capacity ?? state.teams.get(teamId)?.capacity ?? 0;
    return {
      id,
      name,
      teamId,
      status,
      presence,
      load: loadOf(held.length, capacity),
      waiting: { count: waiting.length, oldestAt: waiting[0] ?? null },
      density: this.density((message) => message.agentId === id, moment),
    };
  }

  private teamOf(state: FloorState, { id, name, status }: FloorTeam, moment: number): Shown<RosterTeam> {
    const rows = [...state.agents.values()]
      .filter(({ teamId }) => teamId === id)
      .map((agent) => this.rowOf(state, agent, moment));
    const present = (presence: string) => rows.filter((row) => row.presence.state === presence).length;
    const sum = (of: (row: Shown<RosterRow>) => number) => rows.reduce((total, row) => total + of(row), 0);
    return {
      id,
      name,
      status,
      agents: {
        total: rows.length,
        available: present('available'),
        busy: present('busy'),
        away: present('away'),
        offline: present('offline'),
      },
      load: loadOf(
        sum(({ load }) => load.open),
        sum((row) => (row.status === 'active' ? row.load.capacity : 0)),
      ),
      waiting: {
        count: sum(({ waiting }) => waiting.count),
        oldestAt: rows.flatMap(({ waiting }) => waiting.oldestAt ?? []).toSorted()[0] ?? null,
      },
      density: this.density((message) => message.teamId === id, moment),
    };
  }

  /** The first customer message after the last answer, of those dated up to the moment. */
  private waitsSince(conversationId: Id, moment: number): string | null {
    const known = this.messages.filter((message) => message.conversationId === conversationId && message.at <= moment);
    const answers = known.filter(({ direction }) => direction === 'outbound').map(({ at }) => at);
    const waiting = known.filter(
      ({ direction, at }) => direction === 'inbound' && answers.every((answer) => at > answer),
    );
    return waiting.length === 0 ? null : new Date(Math.min(...waiting.map(({ at }) => at))).toISOString();
  }

  private density(counts: (message: FloorMessage) => boolean, moment: number): RosterRow['density'] {
    const end = (Math.floor(moment / BUCKET_MS) + 1) * BUCKET_MS;
    const within = (ms: number) =>
      this.messages.filter((message) => counts(message) && message.at < end && message.at >= end - ms).length;
    return { m1: within(WINDOWS.m1), m5: within(WINDOWS.m5), m15: within(WINDOWS.m15), h1: within(WINDOWS.h1) };
  }
}

function loadOf(open: number, capacity: number): RosterRow['load'] {
  return { open, capacity, ratio: capacity === 0 ? null : open / capacity };
}
