import type { BenchContext } from '../support/bench.js';
import { type Floor, makeFloor } from '../support/floor.js';
import { LoadGenerator } from '../support/load.js';
import { productConfig } from '../support/product.js';
import { Server } from '../support/server.js';
import { withDatabase } from '../support/services.js';
import { openSessions } from '../support/sessions.js';
import { Audience } from './audience.js';
import type { Dialect } from './dashboards.js';
import type { NaiveAgent, NaiveOptions } from './naive.server.js';

export const TEAMS = 10;
export const AGENTS = 1_000;
const CONVERSATIONS_EACH = 5;

/** Each conversation gets an agent, of whose team it is. */
const ASSIGN = `
update conversation c set assignee_id = a.id, team_id = a.team_id, assigned_at = now()
from unnest($1::uuid[], $2::uuid[]) as given (id, agent_id) join agent a on a.id = given.agent_id where c.id = given.id`;

/** What creating agents over HTTP would have written besides. */
const DERIVED = `
with sync as (insert into agent_sync (agent_id, workspace_id, team_id) select id, workspace_id, team_id from agent on conflict do nothing)
insert into agent_presence (agent_id, workspace_id, since) select id, workspace_id, now() from agent on conflict do nothing`;

/** A server under measurement. */
export interface Subject {
  name: string;
  dialect: Dialect;
  server: Server;
  /** One for each dashboard that may be opened. */
  tokens: string[];
}

/** Muster and the naive server, one floor for both, who posts, and who watches. */
export interface Stage {
  floor: Floor;
  agentIds: string[];
  muster: Subject;
  naive: Subject;
  load: LoadGenerator;
  audience: Audience;
  /** Muster's tick. */
  tickMs: number;
}

/** With tokens for so many dashboards. */
export async function setStage(context: BenchContext, dashboards: number): Promise<Stage> {
  const product = { databaseUrl: await context.services.createDatabase(), redisUrl: context.services.redisUrl };
  const server = await startServer(context, 'Muster', '../support/product.server.js', product);
  const floor = await makeAssignedFloor(product.databaseUrl);
  const agentIds = floor.agents.map(({ id }) => id);
  const seats = await openSessions(product, agentIds.slice(0, dashboards));
  const tokens = seats.map(({ token }) => token);
  const muster: Subject = { name: 'Muster', dialect: 'muster', server, tokens };
  const naive = await startNaive(context, floor, dashboards);
  const [load, audience] = [await LoadGenerator.start(), await Audience.start()];
  context.onEnd(() => load.stop());
  context.onEnd(() => audience.stop());
  return { floor, agentIds, muster, naive, load, audience, tickMs: productConfig(product).tickMs };
}

/** Opens so many dashboards of the subject, as many on each team; the first `watching` watch. */
export async function seat(stage: Stage, subject: Subject, count: number, watching: number): Promise<void> {
  const { teams } = stage.floor;
  const tokens = subject.tokens.slice(0, count);
  const dashboards = tokens.map((token, n) => ({ token, teamId: teams[n % teams.length] ?? null }));
  const { port } = subject.server;
  await stage.audience.seat({ port, dialect: subject.dialect, dashboards, agentIds: stage.agentIds }, watching);
}

/** A workspace with all that the product keeps of 1,000 agents, each with conversations. */
export async function makeAssignedFloor(databaseUrl: string): Promise<Floor> {
  const counts = { teams: TEAMS, agents: AGENTS, conversations: AGENTS * CONVERSATIONS_EACH };
  const floor = await makeFloor(databaseUrl, counts, ['dashboard.view', 'interactions.write']);
  const assignees = floor.conversations.map((_, n) => floor.agents[n % AGENTS]?.id);
  await withDatabase(databaseUrl, async (client) => {
    await client.query(ASSIGN, [floor.conversations, assignees]);
    await client.query(DERIVED);
    await client.query('vacuum analyze');
  });
  return floor;
}

async function startNaive(context: BenchContext, floor: Floor, dashboards: number): Promise<Subject> {
  const { apiKey, agents, conversations } = floor;
  const options: NaiveOptions = { redisUrl: context.services.redisUrl, apiKey };
  const server = await startServer(context, 'naive', './naive.server.js', options);
  const rows: NaiveAgent[] = agents.map(({ id, teamId }) => ({ id, name: 'Agent', teamId }));
  await server.ask(
    'assign',
    conversations.map((id, n) => [id, rows[n % AGENTS]]),
  );
  const tokens = Array.from({ length: dashboards }, () => apiKey);
  return { name: 'naive', dialect: 'naive', server, tokens };
}

async function startServer(context: BenchContext, name: string, module: string, options: object): Promise<Server> {
  const server = await Server.start(name, new URL(module, import.meta.url), options);
  context.onEnd(() => server.stop());
  return server;
}
