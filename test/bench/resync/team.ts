import type { Client } from 'pg';
import { PERMISSIONS } from '#contracts';
import { newId } from '../../../src/platform/ids.js';
import { type Floor, makeFloor } from '../support/floor.js';
import { Server } from '../support/server.js';
import { withDatabase } from '../support/services.js';
import type { BenchContext } from '../support/bench.js';

/** A node of the product, with one large team in its database. */
export interface Team {
  id: string;
  agentIds: string[];
  floor: Floor;
  databaseUrl: string;
  server: Server;
}

const TEAM = `
insert into team (id, workspace_id, name, status, permissions, capacity, created_at, updated_at)
values ($2, $1, 'Large', 'active', '{inbox.read,inbox.reply}', 5, now(), now())`;
const AGENT = `
insert into agent (id, workspace_id, team_id, name, email, phone, status, created_at, updated_at)
select id, $1, $2, 'Agent', id || '@example.com', '+5511912345678', 'active', now(), now() from unnest($3::uuid[]) as agent (id)`;
const SYNC = `
insert into agent_sync (agent_id, workspace_id, team_id, synced_version, synced_at)
select id, workspace_id, team_id, 1, now() from agent where team_id = $1 order by id`;
const PRESENCE = `
insert into agent_presence (agent_id, workspace_id, since)
select id, workspace_id, now() from agent where team_id = $1 order by id`;
/** The same rows as the product's, with the same indexes, and nothing that counts along. */
const COPY = `
create table plain_sync (like agent_sync including all) with (fillfactor = 70);
insert into plain_sync select * from agent_sync order by agent_id`;

export async function makeTeam(context: BenchContext, agents: number): Promise<Team> {
  const databaseUrl = await context.services.createDatabase();
  const options = { databaseUrl, redisUrl: context.services.redisUrl };
  const server = await Server.start('Muster', new URL('../support/product.server.js', import.meta.url), options);
  context.onEnd(() => server.stop());
  const floor = await makeFloor(databaseUrl, { teams: 1, agents: 1, conversations: 0 }, [...PERMISSIONS]);
  const id = newId();
  const agentIds = Array.from({ length: agents }, () => newId());
  await withDatabase(databaseUrl, (client) => fill(client, floor.id, id, agentIds));
  return { id, agentIds, floor, databaseUrl, server };
}

async function fill(client: Client, workspaceId: string, id: string, agentIds: string[]): Promise<void> {
  await client.query(TEAM, [workspaceId, id]);
  await client.query(AGENT, [workspaceId, id, agentIds]);
  await client.query(SYNC, [id]);
  await client.query(PRESENCE, [id]);
  await client.query(COPY);
  await client.query('vacuum analyze');
}
