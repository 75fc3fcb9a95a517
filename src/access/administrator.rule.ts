import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from '../platform/database/database.js';
import { ProblemException } from '../platform/errors/problem.exception.js';

/**
 * Makes changes that could take away the last administrator of a workspace wait for each other.
 * Call it before reading what will be changed.
 */
export async function lockAdministration(em: EntityManager, workspaceId: string): Promise<void> {
  await sql(em, "select pg_advisory_xact_lock(hashtextextended('administration:' || $1, 0))", [workspaceId]);
}

/**
 * Throws 409 `last_administrator` when, as things stand in this transaction, nobody in the workspace is left who
 * can manage agents. Call it after flushing the change; the throw rolls it back.
 */
export async function requireAdministrator(em: EntityManager, workspaceId: string): Promise<void> {
  if (!(await hasAdministrator(em, workspaceId))) throw lastAdministrator();
}

/** Whether somebody, other than `except`, can manage agents as things stand in this transaction. */
export async function hasAdministrator(em: EntityManager, workspaceId: string, except?: string): Promise<boolean> {
  const found = await sql(
    em,
    `select 1 from agent a join team t on t.id = a.team_id
     where a.workspace_id = $1 and a.deleted_at is null and a.status = 'active' and t.status = 'active'
       and 'agents.manage' = any(t.permissions) and ($2::uuid is null or a.id <> $2) limit 1`,
    [workspaceId, except ?? null],
  );
  return found.length > 0;
}

export function lastAdministrator(): ProblemException {
  return new ProblemException(
    'last_administrator',
    'Nobody could manage agents any more; give agents.manage to another active agent first.',
  );
}
