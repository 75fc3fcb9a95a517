import { createHash } from 'node:crypto';
import type { RosterRow, RosterTeam } from '#contracts';

/** The same for whoever shows the same. */
export function digestOf(rows: readonly RosterRow[], teams: readonly RosterTeam[]): string {
  const byId = <T extends { id: string }>(all: readonly T[]) => all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const members = ({ id, presence, load, waiting, density, v }: RosterRow) => [id, presence, load, waiting, density, v];
  const sums = ({ id, agents, load, waiting, density, v }: RosterTeam) => [id, agents, load, waiting, density, v];
  const content = JSON.stringify([byId(rows).map(members), byId(teams).map(sums)]);
  return createHash('sha256').update(content).digest('base64url');
}
