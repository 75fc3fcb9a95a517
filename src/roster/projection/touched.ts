/** What one feed entry may have changed: looked at again, once each, when all of the entry is in. */
export class Touched {
  /** Fields that count as changed even if they look the same: the change was loaded before its entry came. */
  readonly agents = new Map<string, number>();
  readonly teams = new Set<string>();
  /** A move may have been loaded before its entry came, so who left where is not known. */
  uncertain = false;

  agent(id: string | null | undefined, fields = 0): void {
    if (id) this.agents.set(id, (this.agents.get(id) ?? 0) | fields);
  }

  team(id: string | null): void {
    if (id) this.teams.add(id);
  }
}
