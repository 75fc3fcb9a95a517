/**
 * Who left, and when: what a replay must remove, since rows that are gone carry no offset.
 *
 * Guaranteed: every departure after `floor` is known; a replay from before `floor` is impossible. Bounded: the
 * oldest departures are given up first, and `floor` rises.
 */

/** An agent that left a team: moved, or deleted. */
export interface Departure {
  agentId: string;
  teamId: string;
  offset: number;
}

/** A deleted team. */
export interface TeamEnd {
  teamId: string;
  offset: number;
}

const MAX_DEPARTURES = 5_000;

export class History {
  constructor(
    private from: number,
    private departures: Departure[] = [],
    private teamEnds: TeamEnd[] = [],
  ) {}

  /** The least offset a replay can start from. */
  get floor(): number {
    return this.from;
  }

  /** Nothing before `offset` can be replayed. */
  raiseFloor(offset: number): void {
    this.from = Math.max(this.from, offset);
    this.departures = this.departures.filter((departure) => departure.offset > this.from);
    this.teamEnds = this.teamEnds.filter((end) => end.offset > this.from);
  }

  agentLeft(departure: Departure): void {
    this.departures.push(departure);
    if (this.departures.length > MAX_DEPARTURES) this.raiseFloor(this.departures[MAX_DEPARTURES / 5]?.offset ?? 0);
  }

  teamEnded(end: TeamEnd): void {
    this.teamEnds.push(end);
    if (this.teamEnds.length > MAX_DEPARTURES) this.raiseFloor(this.teamEnds[MAX_DEPARTURES / 5]?.offset ?? 0);
  }

  departuresAfter(offset: number): Departure[] {
    return this.departures.filter((departure) => departure.offset > offset);
  }

  teamEndsAfter(offset: number): TeamEnd[] {
    return this.teamEnds.filter((end) => end.offset > offset);
  }
}
