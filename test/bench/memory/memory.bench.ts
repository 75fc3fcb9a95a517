/**
 * What an idle client costs: 4,000 authenticated sockets, each subscribed to the roster of a team, against socket.io
 * with a middleware that verifies the token and a room per team.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, BenchContext, Report, Table } from '../support/bench.js';
import { makeFloor } from '../support/floor.js';
import { goalsTable } from '../support/goals.js';
import type { Memory } from '../support/memory.js';
import { type ProductOptions, productConfig } from '../support/product.js';
import { interleave } from '../support/rounds.js';
import { Server } from '../support/server.js';
import { openSessions } from '../support/sessions.js';
import { figure, ratio, show } from '../support/statistics.js';
import { Viewers } from '../support/viewers.js';

const SOCKETS = 4_000;
const CLIENTS = 2;
const AGENTS = 1_000;
const TEAMS = 10;
/** Before anything is measured: code is compiled, pools are filled, the roster is loaded. */
const FIRST = 400;
const AT_MOST = 1.15;
/** Heartbeats, pings and what was only needed to connect are over. */
const IDLE_MS = 6_000;

export const memory: Bench = {
  name: 'memory',
  summary: 'an idle authenticated, subscribed socket, against socket.io',
  limitMinutes: 8,
  run,
};

const METHOD = [
  `${SOCKETS.toLocaleString('en')} sockets on /dashboard, a session each, of ${AGENTS.toLocaleString('en')} agents in ${TEAMS} teams; each subscribed to one team; clients in ${CLIENTS} processes`,
  'socket.io: as it comes, websocket only, jose verifying the same tokens in the middleware, a room per team',
  `a process of its own for each measurement; ${FIRST} sockets come and stay before; then ${SOCKETS.toLocaleString('en')} more; what the process holds more ÷ those`,
  `measured ${IDLE_MS / 1000} s after the last came, when collecting garbage makes no difference any more`,
  'heap: what V8 uses, and buffers; resident: what the process takes of the machine, with what V8 has reserved and freed',
];

interface Subject {
  name: string;
  start(): Promise<Server>;
}

/** Of one socket. */
interface Sample {
  heapBytes: number;
  rssBytes: number;
}

interface Crowd {
  tokens: string[];
  subscriptions: object[];
}

async function run(context: BenchContext): Promise<Report> {
  const product = { databaseUrl: await context.services.createDatabase(), redisUrl: context.services.redisUrl };
  const crowd = await prepare(product);
  const subjects = subjectsOf(product);
  const samples = await interleave(subjects, context.options.rounds, async (subject) => {
    context.say(subject.name);
    return measure(subject, crowd);
  });
  const [stock = [], own = []] = subjects.map((subject) => samples.get(subject));
  const measurements = { stock, muster: own };
  return { method: METHOD, tables: [goals(own, stock), table(subjects, [stock, own])], measurements };
}

/** A migrated database with everybody logged in. */
async function prepare(product: ProductOptions): Promise<Crowd> {
  const server = await Server.start('Muster', new URL('./muster.server.js', import.meta.url), product);
  await server.stop();
  const floor = await makeFloor(product.databaseUrl, { teams: TEAMS, agents: AGENTS, conversations: 0 }, [
    'dashboard.view',
  ]);
  const ids = Array.from({ length: FIRST + SOCKETS }, (_, n) => floor.agents[n % AGENTS]?.id ?? '');
  const seats = await openSessions(product, ids);
  const subscriptions = floor.teams.map((teamId) => ({ topic: 'roster', scope: { teamId } }));
  return { tokens: seats.map(({ token }) => token), subscriptions };
}

function subjectsOf(product: ProductOptions): Subject[] {
  const { jwtSecret: secret } = productConfig(product);
  const start = (name: string, module: string, options: object) => () =>
    Server.start(name, new URL(module, import.meta.url), options);
  return [
    { name: 'socket.io', start: start('socket.io', '../support/stock.server.js', { secret, body: {} }) },
    { name: 'Muster', start: start('Muster', './muster.server.js', product) },
  ];
}

async function measure(subject: Subject, { tokens, subscriptions }: Crowd): Promise<Sample> {
  const server = await subject.start();
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => Viewers.start()));
  try {
    const ports = [server.port];
    await clients[0]?.open({ ports, tokens: tokens.slice(0, FIRST), subscriptions });
    const before = await settled(server);
    const each = SOCKETS / CLIENTS;
    await Promise.all(
      clients.map((client, n) => {
        const from = FIRST + n * each;
        return client.open({ ports, tokens: tokens.slice(from, from + each), subscriptions });
      }),
    );
    const after = await settled(server);
    await requireOpen(clients);
    return {
      heapBytes: (after.heapBytes - before.heapBytes) / SOCKETS,
      rssBytes: (after.rssBytes - before.rssBytes) / SOCKETS,
    };
  } finally {
    await Promise.all([server.stop(), ...clients.map((client) => client.stop())]);
  }
}

async function settled(server: Server): Promise<Memory> {
  await delay(IDLE_MS);
  return server.ask<Memory>('memory');
}

async function requireOpen(clients: Viewers[]): Promise<void> {
  const seen = await Promise.all(clients.map((client) => client.seen()));
  const open = seen.reduce((sum, each) => sum + each.open, 0);
  if (open !== FIRST + SOCKETS) throw new Error(`${open} of ${FIRST + SOCKETS} sockets are open.`);
}

function goals(own: Sample[], stock: Sample[]): Table {
  const share = (member: keyof Sample) => ratio(of(own, member), of(stock, member)).median;
  const limit = { atMost: AT_MOST };
  return goalsTable([
    { what: 'heap per socket ÷ that of socket.io', measured: share('heapBytes'), limit },
    { what: 'resident memory per socket, likewise', measured: share('rssBytes'), limit },
  ]);
}

function table(subjects: readonly Subject[], samples: readonly Sample[][]): Table {
  const [stock = []] = samples;
  return {
    title: `An idle socket, of ${SOCKETS.toLocaleString('en')}`,
    head: ['', 'heap KB', '÷ first', 'resident KB', '÷ first'],
    rows: subjects.map(({ name }, n) => {
      const own = samples[n] ?? [];
      return [
        name,
        show(figure(of(own, 'heapBytes').map(kilobytes)), 1),
        show(ratio(of(own, 'heapBytes'), of(stock, 'heapBytes'))),
        show(figure(of(own, 'rssBytes').map(kilobytes)), 1),
        show(ratio(of(own, 'rssBytes'), of(stock, 'rssBytes'))),
      ];
    }),
  };
}

function kilobytes(bytes: number): number {
  return bytes / 1024;
}

function of(samples: readonly Sample[], member: keyof Sample): number[] {
  return samples.map((sample) => sample[member]);
}
