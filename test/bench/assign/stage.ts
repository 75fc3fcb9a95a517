import pg from 'pg';
import type { BenchContext } from '../support/bench.js';
import { type Floor, makeFloor } from '../support/floor.js';
import { PostgresUsage } from '../support/postgres-usage.js';
import { productConfig } from '../support/product.js';
import { Server } from '../support/server.js';
import { withDatabase } from '../support/services.js';

/** A node of the product with agents who are all available. */
export interface Stage {
  server: Server;
  databaseUrl: string;
  floor: Floor;
  tickMs: number;
  postgres: PostgresUsage;
}

const PREPARE = [
  `update agent set capacity = $1`,
  `insert into agent_sync (agent_id, workspace_id, team_id) select id, workspace_id, team_id from agent on conflict do nothing`,
  `insert into agent_presence (agent_id, workspace_id, since) select id, workspace_id, now() from agent on conflict do nothing`,
  `update agent_presence set availability = 'available', connected = true, state = 'available'`,
  `update conversation set assignee_id = null, assigned_at = null`,
];

/** Agents with so much room each, and conversations that nobody has. */
export async function setStage(
  { services, onEnd }: BenchContext,
  { agents, capacity, conversations }: { agents: number; capacity: number; conversations: number },
): Promise<Stage> {
  const product = { databaseUrl: await services.createDatabase(), redisUrl: services.redisUrl };
  const server = await Server.start('Muster', new URL('../support/product.server.js', import.meta.url), product);
  onEnd(() => server.stop());
  const { databaseUrl } = product;
  const floor = await makeFloor(databaseUrl, { teams: 10, agents, conversations }, [
    'inbox.read',
    'inbox.reply',
    'inbox.assign',
    'agents.read',
  ]);
  await withDatabase(databaseUrl, async (client) => {
    for (const [n, text] of PREPARE.entries()) await client.query(text, n === 0 ? [capacity] : []);
    await client.query('vacuum analyze');
  });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  onEnd(() => client.end());
  const postgres = await PostgresUsage.of(client);
  return { server, databaseUrl, floor, tickMs: productConfig(product).tickMs, postgres };
}
