import type { Permission } from '#contracts';
import { ProblemException } from '../platform/errors/problem.exception.js';

/** What a caller showed: a session (through its access token) or an API key. */
export interface Credential {
  kind: 'session' | 'api_key';
  id: string;
}

/** Who calls and what they may do, as PostgreSQL said for this one request or event. Never kept for the next. */
export interface Authority {
  credential: Credential;
  workspaceId: string;
  workspace: { slug: string; name: string };
  agentId: string;
  agentName: string;
  agentEmail: string;
  teamId: string;
  teamName: string;
  /** The blueprint of the team; for an API key what it has in common with the key's own. */
  permissions: ReadonlySet<Permission>;
  hidePhone: boolean;
  blueprintVersion: number;
  /** The outbound gate's position just before it was read: what was revoked later, it doesn't know. */
  readAt: number;
}

/** Whether the caller has any of `permissions`. */
export function isPermitted(caller: Authority, ...permissions: Permission[]): boolean {
  return permissions.some((permission) => caller.permissions.has(permission));
}

/** Throws 403 `permission_missing` unless the caller has any of `permissions`. */
export function requirePermission(caller: Authority, ...permissions: Permission[]): void {
  if (isPermitted(caller, ...permissions)) return;
  const names = permissions.join(' or ');
  throw new ProblemException(
    'permission_missing',
    `This needs the permission ${names}; ask an administrator of your team.`,
    {
      permission: permissions[0],
    },
  );
}
