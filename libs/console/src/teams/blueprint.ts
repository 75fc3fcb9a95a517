/** A blueprint as it is being drawn: what it has, what the draft adds and takes. Pure. */
import type { Permission, PermissionModule } from '#client';

export type Mark = 'kept' | 'added' | 'removed' | 'absent';

/** What the draft does with a permission. */
export function markOf(current: ReadonlySet<string>, draft: ReadonlySet<string>, key: string): Mark {
  if (draft.has(key)) return current.has(key) ? 'kept' : 'added';
  return current.has(key) ? 'removed' : 'absent';
}

export function toggle(draft: ReadonlySet<Permission>, key: Permission): Set<Permission> {
  const next = new Set(draft);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** All of a module, or none of it when all of it is there; of what the editor has to give only. */
export function toggleModule(
  draft: ReadonlySet<Permission>,
  module: PermissionModule,
  own: readonly Permission[],
): Set<Permission> {
  const keys = module.permissions.map(({ key }) => key).filter((key) => own.includes(key) || draft.has(key));
  const isFull = keys.every((key) => draft.has(key));
  const next = new Set(draft);
  for (const key of keys) {
    if (isFull) next.delete(key);
    else next.add(key);
  }
  return next;
}

/** In the catalogue's order. */
export function ordered(modules: readonly PermissionModule[], draft: ReadonlySet<Permission>): Permission[] {
  return modules.flatMap(({ permissions }) => permissions.map(({ key }) => key).filter((key) => draft.has(key)));
}

export function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((key) => b.has(key));
}
