import pg from 'pg';
import type { Permission } from '#contracts';
import { createApiKey } from '../../../src/access/api-key-token.js';
import { newId } from '../../../src/platform/ids.js';
import { insertWorkspace, type WorkspaceRows } from '../../support/workspace-rows.js';

/** A workspace to measure in, and a key for what comes in. */
export interface Floor extends WorkspaceRows {
  apiKey: string;
}

const GRANT = `update team set permissions = $2 where workspace_id = $1`;
const KEY = `
insert into api_key (id, workspace_id, agent_id, name, key_hash, permissions, auth_epoch, created_at)
values ($1, $2, $3, 'bench', $4, $5, 1, now())`;

/** Fills a migrated database with a workspace whose first agent made an API key with `permissions`. */
export async function makeFloor(
  databaseUrl: string,
  counts: { teams: number; agents: number; conversations: number },
  permissions: Permission[],
): Promise<Floor> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  try {
    const rows = await insertWorkspace(pool, counts);
    const id = newId();
    const { token, hash } = createApiKey(id);
    await pool.query(GRANT, [rows.id, permissions]);
    await pool.query(KEY, [id, rows.id, rows.agents[0]?.id, hash, permissions]);
    return { ...rows, apiKey: token };
  } finally {
    await pool.end();
  }
}
