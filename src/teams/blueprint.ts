import { type Permission, PERMISSIONS } from '#contracts';

const POSITION = new Map(PERMISSIONS.map((permission, index) => [permission, index]));

/** A blueprint in its normal form: without repeats, in the catalogue's order, so that equal sets are equal lists. */
export function normalize(permissions: Iterable<Permission>): Permission[] {
  return [...new Set(permissions)].sort((a, b) => (POSITION.get(a) ?? 0) - (POSITION.get(b) ?? 0));
}

/** Those of `asked` that `own` doesn't have: what its holder may not hand on. */
export function beyond(own: ReadonlySet<Permission>, asked: Iterable<Permission>): Permission[] {
  return normalize(new Set(asked).difference(own));
}
