import type { Me, Permission, TeamView } from '#contracts';
import { newId } from '../../../src/platform/ids.js';
import { HttpClient, json } from '../access/http.js';
import type { Office, Show } from './office.js';

const AGENTS = 100_000;
const PASSWORD = 'a-password-for-faults';
const KEPT: Permission[] = ['inbox.read', 'inbox.reply'];
const SYNCED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 5;

const FILL = `
with agents as (
  insert into agent (id, workspace_id, team_id, name, email, phone, status, created_at, updated_at)
  select id, $1, $2, 'Agent', id || '@example.com', '+351912345678', 'active', now(), now()
  from unnest($3::uuid[]) as agent (id) returning id
), presences as (insert into agent_presence (agent_id, workspace_id, since) select id, $1, now() from agents)
insert into agent_sync (agent_id, workspace_id, team_id, synced_version, synced_at) select id, $1, $2, 1, now() from agents`;

/**
 * A team of 100,000 gains and loses a permission. Each change holds for the next request on every node; each reaches
 * everybody, also when all nodes are killed between two pages.
 */
export async function reduceUnderFaults(show: Show): Promise<string[]> {
  const { office, say, signal } = show;
  const team = await makeTeam(office, signal);
  const token = await logIn(show, team);
  const failures: string[] = [];
  for (const gives of [true, false, true]) {
    failures.push(...(await change(show, team, token, gives)));
    const { value, accepted, ms } = await untilSynced(office, team.id);
    if (!accepted) failures.push(`not synced after ${ms} ms: ${JSON.stringify(value)}`);
    else say(`${value.synced} of ${value.total} synced ${ms} ms after the reply`);
  }
  failures.push(...(await change(show, team, token, false)), ...(await killBetweenPages(show, team.id)));
  return failures;
}

/** Changes the team by one node, and asks every node right after the reply. */
async function change(
  { cluster, office, say }: Show,
  team: TeamView,
  token: string,
  gives: boolean,
): Promise<string[]> {
  const [node] = cluster.nodes;
  if (!node) return ['there is no node'];
  const permissions: Permission[] = gives ? [...KEPT, 'dashboard.view'] : KEPT;
  const answer = await office.ask(node, { method: 'PATCH', path: `/teams/${team.id}`, body: { permissions } });
  const took = Math.round(answer.return - answer.invoke);
  if (answer.status !== 200) return [`the change was answered ${answer.status}: ${answer.text}`];
  const http = new HttpClient();
  const seen = await Promise.all(cluster.nodes.map(({ url }) => http.ask(url, { path: '/me', token })));
  http.close();
  const { synced, total } = json<TeamView>(answer).sync;
  say(`dashboard.view is ${gives ? 'given' : 'taken away'}: answered in ${took} ms with ${synced} of ${total} synced`);
  return seen
    .filter((me) => me.status !== 200 || json<Me>(me).permissions.includes('dashboard.view') !== gives)
    .map((me) => `right after the reply a node answered: ${me.text}`);
}

async function killBetweenPages({ cluster, office, say }: Show, teamId: string): Promise<string[]> {
  const walking = await office.until(
    () => progress(office, teamId),
    ({ synced, total }) => synced > 0 && synced < total,
    SYNCED_WITHIN_MS,
    LOOK_EVERY_MS,
  );
  await Promise.all(cluster.nodes.map((node) => cluster.kill(node)));
  const left = await progress(office, teamId);
  if (!walking.accepted || left.synced === left.total) return ['the nodes could not be killed between two pages'];
  await Promise.all(cluster.nodes.map((node) => cluster.launch(node)));
  const { value, accepted, ms } = await untilSynced(office, teamId);
  if (!accepted) return [`killed between two pages, and not synced ${ms} ms later: ${JSON.stringify(value)}`];
  say(`all nodes killed at ${left.synced} of ${left.total}: all synced ${ms} ms after they are back`);
  return [];
}

interface Progress {
  synced: number;
  total: number;
}

function untilSynced(office: Office, teamId: string) {
  const read = () => progress(office, teamId);
  return office.until(read, ({ synced, total }) => synced === total, SYNCED_WITHIN_MS, LOOK_EVERY_MS);
}

/** Counted one by one: what the product counts is not believed. */
async function progress(office: Office, teamId: string): Promise<Progress> {
  const [row] = await office.sql<Progress>(
    `select count(*)::int as total, count(*) filter (where s.synced_version = t.blueprint_version)::int as synced
     from agent a join team t on t.id = a.team_id left join agent_sync s on s.agent_id = a.id
     where a.team_id = $1 and a.deleted_at is null`,
    [teamId],
  );
  return row ?? { synced: 0, total: 0 };
}

async function makeTeam(office: Office, signal: AbortSignal): Promise<TeamView> {
  const team = await office.createTeam({ name: 'Large', permissions: KEPT }, signal);
  const [workspace] = await office.sql<{ id: string }>('select workspace_id as id from team where id = $1', [team.id]);
  await office.sql(FILL, [workspace?.id, team.id, Array.from({ length: AGENTS }, () => newId())]);
  await office.sql('analyze', []);
  return team;
}

/** A token of somebody in the team. */
async function logIn({ cluster, office, signal }: Show, team: TeamView): Promise<string> {
  const email = 'somebody@example.com';
  const body = { name: 'Somebody', email, phone: '+351912345678', teamId: team.id, password: PASSWORD };
  await office.createAgent(body, signal);
  const http = new HttpClient();
  const login = { method: 'POST', path: '/auth/login', body: { email, password: PASSWORD } } as const;
  const answer = await http.ask(cluster.nodes[0]?.url ?? '', login);
  http.close();
  return json<{ accessToken: string }>(answer).accessToken;
}
