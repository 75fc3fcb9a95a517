import pg from 'pg';
import { AccessTokens } from '../../../src/access/access-tokens.js';
import { Clock } from '../../../src/platform/clock.js';
import { newId } from '../../../src/platform/ids.js';
import { type ProductOptions, productConfig } from './product.js';

/** A logged-in agent. */
export interface Seat {
  agentId: string;
  token: string;
}

const SESSION = `
insert into session
  (id, workspace_id, agent_id, auth_epoch, refresh_hash, rotated_at, expires_at, created_at)
select s.id, a.workspace_id, a.id, a.auth_epoch, '\\x00', now(), now() + interval '1 day', now()
from unnest($1::uuid[], $2::uuid[]) as s (id, agent_id) join agent a on a.id = s.agent_id`;

/** Logs the agents in without the cost of their passwords: sessions as rows, with tokens as the product signs them. */
export async function openSessions(product: ProductOptions, agentIds: readonly string[]): Promise<Seat[]> {
  const tokens = new AccessTokens(productConfig(product), new Clock());
  const sessions = agentIds.map((agentId) => ({ id: newId(), agentId }));
  const pool = new pg.Pool({ connectionString: product.databaseUrl, max: 1 });
  try {
    await pool.query(SESSION, [sessions.map(({ id }) => id), agentIds]);
  } finally {
    await pool.end();
  }
  return Promise.all(
    sessions.map(async (session) => ({ agentId: session.agentId, token: await tokens.issue(session) })),
  );
}
