import { randomUUID } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { newId } from '../../src/platform/ids.js';

const WORKSPACE = 'insert into workspace (id, slug, name, created_at) values ($1, $2, $2, now())';
const ENTRIES = `
insert into audit_entry (id, workspace_id, at, actor_kind, actor_id, action, target_kind, target_id, before, after, request_id)
select id, $1, clock_timestamp(), 'system', null, 'agent.updated', 'agent', gen_random_uuid(),
  jsonb_build_object('name', 'Ana', 'n', place), jsonb_build_object('name', 'Zoë "Z" Ü\\', 'n', place), 'request-' || place
from unnest($2::uuid[]) with ordinality as entry (id, place)`;
const REVOCATION = `
insert into revocation (id, workspace_id, subject_kind, subject_id, cause, sessions, keys, conversations_released, lists_left)
values ($1, $2, 'agent', gen_random_uuid(), 'agent_deactivated', 0, 0, 0, 0)`;

/** A workspace of its own, without anything in it. */
export async function insertBareWorkspace(client: ClientBase | Pool): Promise<{ id: string; slug: string }> {
  const id = randomUUID();
  const slug = `w-${id.slice(0, 8)}`;
  await client.query(WORKSPACE, [id, slug]);
  return { id, slug };
}

/** So many entries in the caller's transaction; resolves to their ids in the order in which they were made. */
export async function insertEntries(client: ClientBase | Pool, workspaceId: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await client.query(ENTRIES, [workspaceId, ids]);
  return ids;
}

/** A revocation in the caller's transaction. */
export async function insertRevocation(client: ClientBase | Pool, workspaceId: string): Promise<void> {
  await client.query(REVOCATION, [randomUUID(), workspaceId]);
}
