/** What changes between two states of the same agents' access: pure. */
import type { Permission } from '#contracts';
import { difference, normalize, type Rights } from '../access/blueprint.js';

/** What somebody has access to. */
interface Access {
  id: string;
  agents: number;
  rights: Rights;
  access: string;
  version: string;
}

export interface AccessChange {
  gained: Permission[];
  lost: Permission[];
  /** How many agents change. */
  agents: number;
  /** Of those who were there: whose access changes. */
  changed: string[];
}

const NO_RIGHTS: Rights = new Set();

/**
 * What changes from `before` to `after`, two states of the same agents; of a team there is one of each, even where its
 * agents are in another afterwards.
 */
export function compareAccess(before: readonly Access[], after: readonly Access[]): AccessChange {
  const pairs = pair(before, after);
  const changes = pairs.map(([from, to]) => difference(from?.rights ?? NO_RIGHTS, to?.rights ?? NO_RIGHTS));
  const differing = pairs.filter(([from, to]) => from?.access !== to?.access);
  const changing = pairs.filter(([from, to]) => from?.access !== to?.access || from?.version !== to?.version);
  return {
    gained: normalize(changes.flatMap(({ gained }) => gained)),
    lost: normalize(changes.flatMap(({ lost }) => lost)),
    agents: changing.reduce((sum, [from, to]) => sum + (from ?? to)!.agents, 0),
    changed: differing.flatMap(([from]) => (from ? [from.id] : [])),
  };
}

type Pair = [Access | undefined, Access | undefined];

function pair(before: readonly Access[], after: readonly Access[]): Pair[] {
  if (before.length === 1 && after.length === 1) return [[before[0], after[0]]];
  const found = new Map(after.map((access) => [access.id, access]));
  const known = new Set(before.map(({ id }) => id));
  const added = after.filter(({ id }) => !known.has(id));
  return [
    ...before.map((access): Pair => [access, found.get(access.id)]),
    ...added.map((access): Pair => [undefined, access]),
  ];
}
