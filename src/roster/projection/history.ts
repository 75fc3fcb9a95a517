/**
 * Who came and who left, and when: what a replay must remove, since rows that are gone carry no offset.
 *
 * Guaranteed: every departure after `floor` is known, with whether the view had the agent at all; a replay from
 * before `floor` is impossible. Bounded: the oldest are given up first, and `floor` rises.
 */

/** An agent that left a team: moved, or deleted. */
export interface Departure {
  agentId: string;
  teamId: string;
  offset: number;
  /** Since when it was there, and since when it was in the team; 0: before the history. */
  created: number;
  arrived: number;
}

/** A deleted team. */
export interface TeamEnd {
  teamId: string;
  offset: number;
}

/** When an agent was created and when it came to its team; 0: before the history. */
export type Arrival = readonly [created: number, arrived: number];

/** What a history is made of, to go on from elsewhere. */
export interface HistoryRecord {
  floor: number;
  departures: Departure[];
  teamEnds: TeamEnd[];
  arrivals: [agentId: string, Arrival][];
}

const MAX_RECORDS = 5_000;
const LONG_AGO: Arrival = [0, 0];

export class History {
  private least: number;
  private departures: Departure[];
  private teamEnds: TeamEnd[];
  private readonly arrivals: Map<string, Arrival>;

  constructor({ floor, departures, teamEnds, arrivals }: HistoryRecord) {
    this.least = floor;
    this.departures = [...departures];
    this.teamEnds = [...teamEnds];
    this.arrivals = new Map(arrivals);
  }

  /** The least offset a replay can start from. */
  get floor(): number {
    return this.least;
  }

  record(): HistoryRecord {
    const { floor, departures, teamEnds } = this;
    return { floor, departures, teamEnds, arrivals: [...this.arrivals] };
  }

  /** Nothing before `offset` can be replayed. */
  raiseFloor(offset: number): void {
    this.least = Math.max(this.least, offset);
    this.departures = this.departures.filter((departure) => departure.offset > this.least);
    this.teamEnds = this.teamEnds.filter((end) => end.offset > this.least);
    for (const [id, [, arrived]] of this.arrivals) if (arrived <= this.least) this.arrivals.delete(id);
  }

  agentCame(agentId: string, offset: number): void {
    this.arrivals.set(agentId, [offset, offset]);
    this.bound(this.arrivals.size, () => [...this.arrivals.values()].map(([, arrived]) => arrived));
  }

  agentMoved(agentId: string, fromTeamId: string, offset: number): void {
    const [created] = this.left(agentId, fromTeamId, offset);
    this.arrivals.set(agentId, [created, offset]);
  }

  agentEnded(agentId: string, teamId: string, offset: number): void {
    this.left(agentId, teamId, offset);
    this.arrivals.delete(agentId);
  }

  teamEnded(teamId: string, offset: number): void {
    this.teamEnds.push({ teamId, offset });
    this.bound(this.teamEnds.length, () => this.teamEnds.map((end) => end.offset));
  }

  departuresAfter(offset: number): Departure[] {
    return this.departures.filter((departure) => departure.offset > offset);
  }

  teamEndsAfter(offset: number): TeamEnd[] {
    return this.teamEnds.filter((end) => end.offset > offset);
  }

  private left(agentId: string, teamId: string, offset: number): Arrival {
    const arrival = this.arrivals.get(agentId) ?? LONG_AGO;
    this.departures.push({ agentId, teamId, offset, created: arrival[0], arrived: arrival[1] });
    this.bound(this.departures.length, () => this.departures.map((departure) => departure.offset));
    return arrival;
  }

  /** Forgets the older fifth of records that became too many. */
  private bound(count: number, offsets: () => number[]): void {
    if (count > MAX_RECORDS) this.raiseFloor(offsets().toSorted((a, b) => a - b)[MAX_RECORDS / 5]);
  }
}
