import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { withDatabase } from '../support/services.js';

const GIVEN = [
  'Ana',
  'Bruno',
  'Carla',
  'Diego',
  'Elisa',
  'Fabio',
  'Gabriela',
  'Hugo',
  'Isabel',
  'João',
  'Karina',
  'Luís',
];
const FAMILY = ['Souza', 'Silva', 'Costa', 'Pereira', 'Almeida', 'Nunes', 'Rocha', 'Barbosa', 'Teixeira', 'Moura'];
const TEAMS = 20;

const TEAM = `
insert into team (id, workspace_id, name, status, permissions, capacity, created_at, updated_at)
select gen_random_uuid(), $1, 'Team ' || n, 'active', '{inbox.read,agents.read}', 5, now(), now()
from generate_series(1, ${TEAMS}) n`;
/** Names repeat, with a number that does not: `Ana Souza 000042`. */
const AGENT = `
insert into agent (id, workspace_id, team_id, name, email, phone, status, created_at, updated_at)
select gen_random_uuid(), $1, team.ids[1 + n % ${TEAMS}],
  format('%s %s %s', ($3::text[])[1 + (hashint4(n) & 1023) % $5], ($4::text[])[1 + (hashint4(-n) & 1023) % $6], lpad(n::text, 6, '0')),
  format('agent.%s@example.com', lpad(n::text, 6, '0')), '+5511912345678', 'active', now() - n * interval '1 second', now()
from generate_series(1, $2) n, (select array_agg(id order by name) as ids from team where workspace_id = $1) team`;
const PRESENCE = `
insert into agent_presence (agent_id, workspace_id, since) select id, workspace_id, now() from agent where workspace_id = $1`;
const SYNC = `
insert into agent_sync (agent_id, workspace_id, team_id, synced_version, synced_at)
select id, workspace_id, team_id, 1, now() from agent where workspace_id = $1`;
const CONTACT = `
insert into contact (id, workspace_id, phone_index, created_at, updated_at) values ($2, $1, '\\x00', now(), now())`;
const CONVERSATION = `
insert into conversation (id, workspace_id, origin, contact_id, team_id, assignee_id, created_at, updated_at)
select gen_random_uuid(), workspace_id, 'api', $2, team_id, id, now(), now() from agent where workspace_id = $1`;

/** A workspace of so many agents, each with a conversation; the id of one who may read them. */
export function seedAgents(databaseUrl: string, agents: number): Promise<string> {
  return withDatabase(databaseUrl, async (client) => {
    const workspaceId = randomUUID();
    await client.query(
      `insert into workspace (id, slug, name, created_at) values ($1::uuid, 'bench', 'Bench', now())`,
      [workspaceId],
    );
    await client.query(TEAM, [workspaceId]);
    await client.query(AGENT, [workspaceId, agents, GIVEN, FAMILY, GIVEN.length, FAMILY.length]);
    await client.query(PRESENCE, [workspaceId]);
    await client.query(SYNC, [workspaceId]);
    const contactId = randomUUID();
    await client.query(CONTACT, [workspaceId, contactId]);
    await client.query(CONVERSATION, [workspaceId, contactId]);
    await client.query('vacuum analyze');
    return anyAgent(client, workspaceId);
  });
}

async function anyAgent(client: Client, workspaceId: string): Promise<string> {
  const { rows } = await client.query<{ id: string }>('select id from agent where workspace_id = $1 limit 1', [
    workspaceId,
  ]);
  return rows[0]?.id ?? '';
}

/** What people type: a name, a part of one, an exact agent, an e-mail, and what nobody is called. */
export function searches(agents: number): string[] {
  const numbers = Array.from({ length: 40 }, (_, n) => String(1 + Math.floor((n * agents) / 40)).padStart(6, '0'));
  const names = GIVEN.flatMap((given) => [given, given.slice(0, 3).toLowerCase(), `${given} ${FAMILY[given.length]}`]);
  return interleaved(names, [
    ...numbers.slice(0, 20),
    ...numbers.slice(20).map((number) => `agent.${number}@`),
    ...Array.from({ length: 8 }, (_, n) => `nobody ${n}`),
  ]);
}

function interleaved(some: string[], others: string[]): string[] {
  return Array.from({ length: Math.max(some.length, others.length) }, (_, n) => [some[n], others[n]])
    .flat()
    .filter((text) => text !== undefined);
}
