/**
 * The algebra of rights: pure set rules over the permission catalogue.
 *
 * Who calls: whatever reads, compares or hands on rights; nobody else does set arithmetic on them. Guaranteed: every
 * list that comes out is in normal form. Must never happen: a right that the catalogue doesn't have, or that inactive
 * people hold; a name that is unknown here (retired, or of a newer version) grants nothing, and whoever would hand it
 * on needs more than this version can vouch for.
 */
import { type Lifecycle, type Permission, PERMISSIONS, type RightsDenial, type Standing } from '#contracts';

/** Permissions somebody has. */
export type Rights = ReadonlySet<Permission>;

/** What changed between two sets of rights. */
export interface RightsChange {
  gained: Permission[];
  lost: Permission[];
}

/** What decides somebody's rights, as stored. */
export interface Holding {
  agentStatus: Lifecycle;
  teamStatus: Lifecycle;
  /** The team's permissions. */
  blueprint: readonly string[];
  /** Those of the API key in use; null: none is. */
  key: readonly string[] | null;
}

const NOTHING: Rights = new Set();

/** The normal form: the catalogue's permissions among `names`, without repeats, in its order: equal sets are equal lists. */
export function normalize(names: Iterable<string>): Permission[] {
  const named = new Set(names);
  return PERMISSIONS.filter((permission) => named.has(permission));
}

/** What a blueprint grants: all of it, or for an API key what it has in common with the key's own. */
export function effective(blueprint: Iterable<string>, key: Iterable<string> | null = null): Rights {
  const granted = new Set(normalize(blueprint));
  return key === null ? granted : granted.intersection(new Set(key));
}

/** What a key does not have of the blueprint. */
export function withheld(blueprint: Iterable<string>, key: Iterable<string> | null): Permission[] {
  return difference(effective(blueprint), effective(blueprint, key)).lost;
}

/** What somebody gains and loses when their rights become `after`. */
export function difference(before: Rights, after: Rights): RightsChange {
  return { gained: normalize(after.difference(before)), lost: normalize(before.difference(after)) };
}

/**
 * Those of `asked` that `own` doesn't have: what its holder may not hand on. Names the catalogue doesn't know are
 * nobody's to hand on, so they stay.
 */
export function beyond<Name extends string>(own: ReadonlySet<string>, asked: Iterable<Name>): Name[] {
  return [...new Set(asked).difference(own)].sort((a, b) => position(a) - position(b) || compare(a, b));
}

/** Whether rights hold at all: agents who are inactive, or whose team is, have none. */
export function standingOf({ agentStatus, teamStatus }: Pick<Holding, 'agentStatus' | 'teamStatus'>): Standing {
  if (agentStatus !== 'active') return 'agent_inactive';
  return teamStatus === 'active' ? 'active' : 'team_inactive';
}

/** The rights that hold now. */
export function rightsOf(holding: Holding): Rights {
  return standingOf(holding) === 'active' ? effective(holding.blueprint, holding.key) : NOTHING;
}

/** Why `permission` is not among the rights that hold now; null: it is. */
export function denialOf(holding: Holding, permission: Permission): RightsDenial | null {
  const standing = standingOf(holding);
  if (standing !== 'active') return standing;
  if (!effective(holding.blueprint).has(permission)) return 'not_in_blueprint';
  return rightsOf(holding).has(permission) ? null : 'not_in_key';
}

const POSITION: ReadonlyMap<string, number> = new Map(PERMISSIONS.map((permission, index) => [permission, index]));

function position(name: string): number {
  return POSITION.get(name) ?? PERMISSIONS.length;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
