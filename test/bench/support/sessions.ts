import pg from 'pg';
import { AccessTokens } from '../../../src/access/access-tokens.js';
import { Fingerprints } from '../../../src/auth/fingerprints.js';
import { createRefreshToken } from '../../../src/auth/refresh-token.js';
import { Clock } from '../../../src/platform/clock.js';
import { newId } from '../../../src/platform/ids.js';
import { type ProductOptions, productConfig } from './product.js';

/** A logged-in agent. */
export interface Seat {
  agentId: string;
  token: string;
  refreshToken: string;
}

const SESSION = `
insert into session
  (id, workspace_id, agent_id, auth_epoch, refresh_hash, rotated_at, expires_at, created_at)
select s.id, a.workspace_id, a.id, a.auth_epoch, s.refresh_hash, now(), now() + interval '1 day', now()
from unnest($1::uuid[], $2::uuid[], $3::bytea[]) as s (id, agent_id, refresh_hash) join agent a on a.id = s.agent_id`;

/** Logs the agents in without the cost of their passwords: sessions as rows, with tokens as the product signs them. */
export async function openSessions(product: ProductOptions, agentIds: readonly string[]): Promise<Seat[]> {
  const config = productConfig(product);
  const tokens = new AccessTokens(config, new Clock());
  const fingerprints = new Fingerprints(config);
  const sessions = agentIds.map((agentId) => {
    const id = newId();
    return { id, agentId, refresh: createRefreshToken(id, fingerprints) };
  });
  const pool = new pg.Pool({ connectionString: product.databaseUrl, max: 1 });
  try {
    await pool.query(SESSION, [sessions.map(({ id }) => id), agentIds, sessions.map(({ refresh }) => refresh.hash)]);
  } finally {
    await pool.end();
  }
  return Promise.all(
    sessions.map(async ({ refresh, ...session }) => ({
      agentId: session.agentId,
      token: await tokens.issue(session),
      refreshToken: refresh.token,
    })),
  );
}
