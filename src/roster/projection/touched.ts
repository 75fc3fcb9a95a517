/** What one feed entry is about: looked at again, once each, when all of the entry is in. */
export class Touched {
  readonly agents = new Set<string>();
  readonly teams = new Set<string>();
  /** Agents that the entry says are deleted. */
  readonly ended = new Set<string>();
  /** A change of an agent was loaded before its entry came: it may have moved, and from where is not known. */
  mayHaveMoved = false;

  agent(id: string | null | undefined): void {
    if (id) this.agents.add(id);
  }

  team(id: string | null): void {
    if (id) this.teams.add(id);
  }
}
