/**
 * What it costs to ask PostgreSQL for the caller's authority at every request: `GET /me` at saturation with the read
 * and without it. `GET /me` does nothing else, so nothing dilutes the difference.
 */
import type { Bench, BenchContext, Report } from '../support/bench.js';
import { makeFloor } from '../support/floor.js';
import { goalsTable } from '../support/goals.js';
import { type Headers, LoadGenerator } from '../support/load.js';
import { machineTime } from '../support/machine.js';
import { type CpuProfile, sharesByFunction, sharesByOwner } from '../support/profile.js';
import { interleave } from '../support/rounds.js';
import { Server } from '../support/server.js';
import { openSessions } from '../support/sessions.js';
import { figure, ratio, show } from '../support/statistics.js';

const AT_LEAST = 0.75;
const CONNECTIONS = 64;
const WARM_UP_SECONDS = 3;
const TOP = 20;

export const authority: Bench = {
  name: 'authority',
  summary: 'GET /me at saturation, with and without the authority read',
  limitMinutes: 10,
  run,
};

const METHOD = [
  `GET /api/v1/me with the access tokens of 1,000 agents in turn, ${CONNECTIONS} connections, each sending again when answered`,
  'without: the same node with its reader replaced by one that remembers its first answer; the product has no such switch',
  'the access token is verified in both; CPU is that of the process of the server, without PostgreSQL',
];

interface Subject {
  name: string;
  server: Server;
  /** Of each agent. */
  headers: Headers[];
}

interface Sample {
  perSecond: number;
  cpuMsPerRequest: number;
  p50: number;
  p99: number;
  serverBusy: number;
  machineBusy: number;
}

async function run(context: BenchContext): Promise<Report> {
  const { rounds, seconds, profile } = context.options;
  const load = await LoadGenerator.start();
  context.onEnd(() => load.stop());
  const without = await start(context, 'without the read', './unread.server.js');
  const read = await start(context, 'with the read', '../support/product.server.js');
  context.say('warming up');
  for (const subject of [without, read]) await measure(load, subject, WARM_UP_SECONDS);
  context.say(`${rounds} rounds`);
  const samples = await interleave([without, read], rounds, (subject) => measure(load, subject, seconds));
  const [base, own] = [samples.get(without) ?? [], samples.get(read) ?? []];
  const tables = [goals(own, base), table([without, read], [base, own])];
  if (profile) {
    const taken = await read.server.profileDuring(() => measure(load, read, seconds));
    context.keep('authority.cpuprofile', JSON.stringify(taken));
    tables.push(...profileTables(taken));
  }
  return { method: METHOD, tables, measurements: { without: base, with: own } };
}

async function start({ services, onEnd }: BenchContext, name: string, module: string): Promise<Subject> {
  const product = { databaseUrl: await services.createDatabase(), redisUrl: services.redisUrl };
  const server = await Server.start(name, new URL(module, import.meta.url), product);
  onEnd(() => server.stop());
  const { agents } = await makeFloor(product.databaseUrl, { teams: 10, agents: 1_000, conversations: 0 }, [
    'inbox.read',
  ]);
  const seats = await openSessions(
    product,
    agents.map(({ id }) => id),
  );
  return { name, server, headers: seats.map(({ token }) => ({ authorization: `Bearer ${token}` })) };
}

async function measure(load: LoadGenerator, { server, headers }: Subject, seconds: number): Promise<Sample> {
  const before = machineTime();
  const { result, spent } = await server.spentDuring(() =>
    load.run({
      port: server.port,
      method: 'GET',
      path: '/api/v1/me',
      headers,
      connections: CONNECTIONS,
      seconds,
    }),
  );
  const after = machineTime();
  return {
    perSecond: result.perSecond,
    cpuMsPerRequest: spent.cpuMs / result.succeeded,
    p50: result.latencyMs.p50,
    p99: result.latencyMs.p99,
    serverBusy: spent.busy,
    machineBusy: (after.usedMs - before.usedMs) / (after.allMs - before.allMs),
  };
}

function goals(own: Sample[], base: Sample[]) {
  const reached = (member: 'perSecond' | 'cpuMsPerRequest') => (member === 'perSecond' ? [own, base] : [base, own]);
  const share = (member: 'perSecond' | 'cpuMsPerRequest') => {
    const [some = [], others = []] = reached(member);
    return ratio(of(some, member), of(others, member)).median;
  };
  return goalsTable([
    { what: 'requests/s with the read ÷ without', measured: share('perSecond'), limit: { atLeast: AT_LEAST } },
    {
      what: "requests per CPU second of the server's process, likewise",
      measured: share('cpuMsPerRequest'),
      limit: { atLeast: AT_LEAST },
    },
  ]);
}

function table(subjects: Subject[], samples: Sample[][]) {
  const base = samples[0] ?? [];
  return {
    title: 'GET /me at saturation',
    head: ['', 'requests/s', '÷ first', 'server CPU ms/request', 'p50 ms', 'p99 ms', 'server busy', 'machine busy'],
    rows: subjects.map(({ name }, n) => {
      const own = samples[n] ?? [];
      return [
        name,
        show(figure(of(own, 'perSecond')), 0),
        show(ratio(of(own, 'perSecond'), of(base, 'perSecond'))),
        show(figure(of(own, 'cpuMsPerRequest')), 3),
        show(figure(of(own, 'p50')), 1),
        show(figure(of(own, 'p99')), 1),
        show(figure(of(own, 'serverBusy'))),
        show(figure(of(own, 'machineBusy'))),
      ];
    }),
  };
}

function of(samples: readonly Sample[], member: keyof Sample): number[] {
  return samples.map((sample) => sample[member]);
}

function profileTables(profile: CpuProfile) {
  const shares = { owner: sharesByOwner(profile), function: sharesByFunction(profile) };
  return Object.entries(shares).map(([by, all]) => ({
    title: `With the read: the server's CPU time by ${by}`,
    head: ['', 'share'],
    rows: all.slice(0, TOP).map(({ name, share }) => [name, `${(share * 100).toFixed(1)} %`]),
  }));
}
