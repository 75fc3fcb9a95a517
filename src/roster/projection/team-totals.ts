import type { PresenceState, RosterRow, WaitingView } from '#contracts';
import { loadOf } from './row.js';

/**
 * What a team's rows add up to, kept by adding and removing rows. The oldest waiting time is looked for again
 * only when the row that had it goes.
 */
export class TeamTotals {
  private readonly presence: Record<PresenceState, number> = { available: 0, busy: 0, away: 0, offline: 0 };
  private total = 0;
  private open = 0;
  private capacity = 0;
  private waiting = 0;
  private oldestAt: string | null = null;
  private oldestKnown = true;

  add(row: RosterRow): void {
    this.shift(row, 1);
    const { oldestAt } = row.waiting;
    if (oldestAt && (!this.oldestAt || oldestAt < this.oldestAt)) this.oldestAt = oldestAt;
  }

  remove(row: RosterRow): void {
    this.shift(row, -1);
    if (row.waiting.oldestAt && row.waiting.oldestAt === this.oldestAt) this.oldestKnown = false;
  }

  /** Capacity counts active agents only: the others can't take anything. */
  view(rows: Iterable<RosterRow>) {
    return {
      agents: { total: this.total, ...this.presence },
      load: loadOf(this.open, this.capacity),
      waiting: this.waitingView(rows),
    };
  }

  private shift(row: RosterRow, by: 1 | -1): void {
    this.presence[row.presence.state] += by;
    this.total += by;
    this.open += by * row.load.open;
    if (row.status === 'active') this.capacity += by * row.load.capacity;
    this.waiting += by * row.waiting.count;
  }

  private waitingView(rows: Iterable<RosterRow>): WaitingView {
    if (!this.oldestKnown) {
      this.oldestAt = oldest(rows);
      this.oldestKnown = true;
    }
    return { count: this.waiting, oldestAt: this.oldestAt };
  }
}

/** The least of the times; as ISO-8601 in UTC they sort as text. */
function oldest(rows: Iterable<RosterRow>): string | null {
  let found: string | null = null;
  for (const { waiting } of rows) {
    if (waiting.oldestAt && (!found || waiting.oldestAt < found)) found = waiting.oldestAt;
  }
  return found;
}
