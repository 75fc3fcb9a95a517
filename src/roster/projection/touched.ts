import { ALL_FIELDS } from './row.js';

/** What one feed entry is about: looked at again, once each, when all of the entry is in. */
export class Touched {
  /** Agents, with the fields of their rows that may differ, as bits of `FIELD`. */
  readonly agents = new Map<string, number>();
  readonly teams = new Set<string>();
  /** Agents that the entry says are deleted. */
  readonly ended = new Set<string>();
  /** A change of an agent was loaded before its entry came: it may have moved, and from where is not known. */
  mayHaveMoved = false;

  agent(id: string | null | undefined, fields: number = ALL_FIELDS): void {
    if (id) this.agents.set(id, (this.agents.get(id) ?? 0) | fields);
  }

  team(id: string | null): void {
    if (id) this.teams.add(id);
  }
}
