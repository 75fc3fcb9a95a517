/** The console's modules, and what one needs to see each. A module that one may not see is absent. */
import type { Permission } from '#client';

export const MODULES = [
  { key: 'floor', path: '/floor', any: ['dashboard.view'] },
  { key: 'inbox', path: '/inbox', any: ['inbox.read'] },
  { key: 'alerts', path: '/alerts', any: ['dashboard.view'] },
  { key: 'agents', path: '/agents', any: ['agents.read', 'agents.manage'] },
  { key: 'teams', path: '/teams', any: ['teams.read', 'teams.manage'] },
  { key: 'reports', path: '/reports', any: ['reports.view'] },
  { key: 'audit', path: '/audit', any: ['audit.read'] },
  { key: 'connections', path: '/connections', any: ['api-keys.manage', 'settings.manage'] },
] as const satisfies readonly { key: string; path: string; any: readonly Permission[] }[];

export type Module = (typeof MODULES)[number];
export type ModuleKey = Module['key'];

export function mayAny(permissions: readonly Permission[], any: readonly Permission[]): boolean {
  return any.some((permission) => permissions.includes(permission));
}

/** The modules one may see, in order. */
export function modulesFor(permissions: readonly Permission[]): Module[] {
  return MODULES.filter(({ any }) => mayAny(permissions, any));
}

/** Where one begins. */
export function homeOf(permissions: readonly Permission[]): string {
  return modulesFor(permissions)[0]?.path ?? '/account';
}
