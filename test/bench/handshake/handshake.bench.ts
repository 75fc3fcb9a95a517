/**
 * How many clients a node takes a second: the product's handshake, which asks PostgreSQL for the authority and, once
 * the socket is registered, asks again, against socket.io whose middleware only verifies the token. After a deploy all
 * clients come at once.
 */
import type { Bench, BenchContext, Report } from '../support/bench.js';
import { makeFloor } from '../support/floor.js';
import { goalsTable } from '../support/goals.js';
import { productConfig } from '../support/product.js';
import { sharesByFunction, sharesByOwner } from '../support/profile.js';
import { interleave } from '../support/rounds.js';
import { Server } from '../support/server.js';
import { openSessions } from '../support/sessions.js';
import { figure, ratio, show } from '../support/statistics.js';
import { Connector } from './connector.js';

const AT_LEAST = 0.85;
const LANES = 64;
const AGENTS = 1_000;
const WARM_UP_SECONDS = 3;
const TOP = 25;
/** Beyond what a node takes. */
const MOST_PER_SECOND = 3_000;

export const handshake: Bench = {
  name: 'handshake',
  summary: 'authenticated connects a second, against socket.io that believes the token',
  limitMinutes: 10,
  run,
};

const METHOD = [
  `/dashboard with access tokens of ${AGENTS.toLocaleString('en')} agents; ${LANES} clients connect, leave when connected, and connect again`,
  'Muster: token verified, authority read from PostgreSQL, socket registered, authority read again',
  'baseline: socket.io as it comes, websocket only, jose verifying the same token in the middleware; no authority at all',
  'Muster remembers that it has verified a token, as after a lost network; tokens it never saw, as after a restart, are the third row',
  'CPU is that of the process of the server, without PostgreSQL',
];

interface Subject {
  name: string;
  server: Server;
  /** Those of the next so many seconds. */
  tokens(seconds: number): string[];
}

interface Sample {
  perSecond: number;
  cpuMsPerConnect: number;
  serverBusy: number;
  clientBusy: number;
}

async function run(context: BenchContext): Promise<Report> {
  const { rounds, seconds, profile } = context.options;
  const connector = await Connector.start();
  context.onEnd(() => connector.stop());
  const subjects = await start(context);
  const [baseline, product, unseen] = subjects;
  const measure = (subject: Subject, time: number) => measureOnce(connector, subject, time);
  context.say('warming up');
  for (const subject of subjects) await measure(subject, WARM_UP_SECONDS);
  context.say(`${rounds} rounds`);
  const samples = await interleave(subjects, rounds, (subject) => measure(subject, seconds));
  const [base = [], own = [], strangers = []] = [baseline, product, unseen].map((subject) => samples.get(subject));
  const tables = [goals(own, base), table(subjects, [base, own, strangers])];
  if (profile) {
    const taken = await product.server.profileDuring(() => measure(product, seconds));
    context.keep('handshake.cpuprofile', JSON.stringify(taken));
    for (const [by, shares] of Object.entries({ owner: sharesByOwner(taken), function: sharesByFunction(taken) })) {
      const rows = shares.slice(0, TOP).map(({ name, share }) => [name, `${(share * 100).toFixed(1)} %`]);
      tables.push({ title: `Muster's CPU time by ${by}`, head: ['', 'share'], rows });
    }
  }
  return { method: METHOD, tables, measurements: { baseline: base, muster: own, unseen: strangers } };
}

async function start({ services, options, onEnd }: BenchContext): Promise<[Subject, Subject, Subject]> {
  const product = { databaseUrl: await services.createDatabase(), redisUrl: services.redisUrl };
  const { jwtSecret: secret } = productConfig(product);
  const open = async (name: string, module: string, given: object): Promise<Server> => {
    const server = await Server.start(name, new URL(module, import.meta.url), given);
    onEnd(() => server.stop());
    return server;
  };
  const baseline = await open('socket.io + JWT', './baseline.server.js', { secret });
  const muster = await open('Muster', '../support/product.server.js', product);
  const counts = { teams: 10, agents: AGENTS, conversations: 0 };
  const { agents } = await makeFloor(product.databaseUrl, counts, ['dashboard.view']);
  const log = async (count: number) => {
    const ids = Array.from({ length: count }, (_, n) => agents[n % agents.length]?.id ?? '');
    return (await openSessions(product, ids)).map(({ token }) => token);
  };
  const known = await log(AGENTS);
  const fresh = await log(MOST_PER_SECOND * (WARM_UP_SECONDS + options.rounds * options.seconds));
  return [
    { name: 'socket.io + JWT', server: baseline, tokens: () => known },
    { name: 'Muster', server: muster, tokens: () => known },
    {
      name: 'Muster, tokens it never saw',
      server: muster,
      tokens: (seconds) => fresh.splice(0, seconds * MOST_PER_SECOND),
    },
  ];
}

async function measureOnce(connector: Connector, { server, tokens }: Subject, seconds: number): Promise<Sample> {
  const plan = { port: server.port, namespace: '/dashboard', tokens: tokens(seconds), lanes: LANES, seconds };
  const { result, spent } = await server.spentDuring(() => connector.run(plan));
  return {
    perSecond: result.perSecond,
    cpuMsPerConnect: spent.cpuMs / result.connected,
    serverBusy: spent.busy,
    clientBusy: result.spent.busy,
  };
}

function goals(own: Sample[], base: Sample[]) {
  const rate = ratio(of(own, 'perSecond'), of(base, 'perSecond'));
  const cpu = ratio(of(base, 'cpuMsPerConnect'), of(own, 'cpuMsPerConnect'));
  const limit = { atLeast: AT_LEAST };
  return goalsTable([
    { what: 'connects/s ÷ those of socket.io + JWT', measured: rate.median, limit },
    { what: "connects per CPU second of the server's process, likewise", measured: cpu.median, limit },
  ]);
}

function table(subjects: readonly Subject[], samples: Sample[][]) {
  const base = samples[0] ?? [];
  return {
    title: 'Connects at saturation',
    head: ['', 'connects/s', '÷ first', 'server CPU ms/connect', 'server busy', 'client busy'],
    rows: subjects.map(({ name }, n) => {
      const own = samples[n] ?? [];
      return [
        name,
        show(figure(of(own, 'perSecond')), 0),
        show(ratio(of(own, 'perSecond'), of(base, 'perSecond'))),
        show(figure(of(own, 'cpuMsPerConnect')), 3),
        show(figure(of(own, 'serverBusy'))),
        show(figure(of(own, 'clientBusy'))),
      ];
    }),
  };
}

function of(samples: readonly Sample[], member: keyof Sample): number[] {
  return samples.map((sample) => sample[member]);
}
