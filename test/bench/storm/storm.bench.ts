/**
 * A whole floor that comes back in the same moment, after a deploy or when the network is back: how long until the last
 * is connected and everybody's presence is right, and what requests of others feel of it meanwhile.
 */
import pg from 'pg';
import type { Bench, BenchContext, Report } from '../support/bench.js';
import { makeFloor } from '../support/floor.js';
import { LoadGenerator } from '../support/load.js';
import { Server } from '../support/server.js';
import { openSessions } from '../support/sessions.js';
import { figure, show } from '../support/statistics.js';
import { Storm } from './storm.js';

const AGENTS = 1_000;
const SOCKETS_EACH = 4;
const REQUESTS_PER_SECOND = 50;
const QUIET_SECONDS = 3;
const STORM_SECONDS = 10;
const SETTLED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;
const PRESENCE = `
insert into agent_presence (agent_id, workspace_id, since) select id, workspace_id, now() from agent on conflict do nothing`;
const CONNECTED = 'select count(*)::int as connected from agent_presence where connected';

export const storm: Bench = {
  name: 'storm',
  summary: 'a floor that comes back at once: until all are connected, and what others feel of it',
  limitMinutes: 10,
  run,
};

const METHOD = [
  `${(AGENTS * SOCKETS_EACH).toLocaleString('en')} sockets of ${AGENTS.toLocaleString('en')} agents connect to /inbox in the same moment (who is refused comes again after 2 to 4 seconds), and later all say goodbye`,
  `meanwhile somebody else asks GET /me ${REQUESTS_PER_SECOND} times a second, at even times; latency counts from when a request was due`,
  'presence is right when PostgreSQL shows every agent as connected, and later none',
];

interface Sample {
  connected: number;
  refused: number;
  lastMs: number;
  presentMs: number;
  goneMs: number;
  quietP99: number;
  stormP99: number;
}

async function run(context: BenchContext): Promise<Report> {
  const { services, options, onEnd, say } = context;
  const product = { databaseUrl: await services.createDatabase(), redisUrl: services.redisUrl };
  const server = await Server.start('Muster', new URL('../support/product.server.js', import.meta.url), product);
  onEnd(() => server.stop());
  const [clients, others] = [await Storm.start(), await LoadGenerator.start()];
  onEnd(() => clients.stop());
  onEnd(() => others.stop());
  const pool = new pg.Pool({ connectionString: product.databaseUrl, max: 1 });
  onEnd(() => pool.end());
  const counts = { teams: 10, agents: AGENTS + 1, conversations: 0 };
  const { agents, apiKey } = await makeFloor(product.databaseUrl, counts, ['inbox.read']);
  await pool.query(PRESENCE);
  const ids = agents.slice(1).flatMap(({ id }) => Array.from({ length: SOCKETS_EACH }, () => id));
  const tokens = (await openSessions(product, ids)).map(({ token }) => token);
  const request = {
    port: server.port,
    method: 'GET' as const,
    path: '/api/v1/me',
    headers: { authorization: `Bearer ${apiKey}` },
    connections: 50,
    rate: REQUESTS_PER_SECOND,
  };
  const samples: Sample[] = [];
  for (let round = 0; round < options.rounds; round++) {
    say(`round ${round + 1}`);
    const quiet = await others.run({ ...request, seconds: QUIET_SECONDS });
    const meanwhile = others.run({ ...request, seconds: STORM_SECONDS });
    const start = performance.now();
    const arrival = await clients.come({ port: server.port, tokens });
    if (arrival.refusal) say(`refused: ${arrival.refusal}`);
    const presentMs = await until(pool, AGENTS, start);
    const busy = await meanwhile;
    const left = performance.now();
    await clients.leave();
    const goneMs = await until(pool, 0, left);
    const { connected, refused, lastMs } = arrival;
    const latencies = { quietP99: quiet.latencyMs.p99, stormP99: busy.latencyMs.p99 };
    samples.push({ connected, refused, lastMs, presentMs, goneMs, ...latencies });
  }
  return { method: METHOD, tables: [table(samples)], measurements: { muster: samples } };
}

/** Milliseconds since `start` when so many agents are connected. */
async function until(pool: pg.Pool, count: number, start: number): Promise<number> {
  for (;;) {
    const { rows } = await pool.query<{ connected: number }>(CONNECTED);
    const elapsed = performance.now() - start;
    if (rows[0]?.connected === count) return elapsed;
    if (elapsed > SETTLED_WITHIN_MS) throw new Error(`${rows[0]?.connected} agents are connected, not ${count}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function table(samples: Sample[]) {
  const of = (member: keyof Sample) => show(figure(samples.map((sample) => sample[member])), 0);
  return {
    title: 'A storm',
    head: ['', 'measured'],
    rows: [
      ['sockets connected', of('connected')],
      ['times somebody was told to come again', of('refused')],
      ['ms until the last was connected', of('lastMs')],
      ['ms until everybody was present', of('presentMs')],
      ['ms from goodbye until nobody was', of('goneMs')],
      ['p99 ms of requests by others, before', of('quietP99')],
      ['p99 ms of requests by others, meanwhile', of('stormP99')],
    ],
  };
}
