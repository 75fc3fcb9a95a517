/**
 * The list of agents: a page of 50 by what people search for, and page after page of everybody, with 100,000 agents
 * and with 1,000. A list that depends on the size of the workspace gets slower by as much.
 */
import type { Bench, BenchContext, Report } from '../support/bench.js';
import { type Goal, goalsTable } from '../support/goals.js';
import { LoadGenerator } from '../support/load.js';
import { interleave } from '../support/rounds.js';
import { figure, ratio, show } from '../support/statistics.js';
import { type Subject, startSubjects } from './subjects.js';
import { WORKLOADS, type Workload } from './workload.js';

/** Of what the large list holds at saturation: the rate at which both are compared. */
const MODERATE = 0.4;
const CONNECTIONS = 8;
const WARM_UP_SECONDS = 2;
const MAX_RATIO = 3;

export const list: Bench = {
  name: 'list',
  summary: 'pages of the agent list, with 1,000 and 100,000 agents',
  limitMinutes: 10,
  run,
};

const METHOD = [
  'GET /api/v1/agents?limit=50 with an access token: the full path, with presence, load, density and sync of each agent',
  'search: names, parts of names, numbers, e-mails and what nobody is called, in turn',
  'paging: the pages of the whole list in their order, each by the cursor of the one before, and of what a search finds (8 %); at most 200',
  `open loop at ${MODERATE * 100} % of what 100,000 agents hold at saturation; latency counts from when a request was due`,
];

interface Sample {
  p50: number;
  p99: number;
  cpuMsPerRequest: number;
}

interface Measured {
  workload: string;
  rate: number;
  small: Sample[];
  large: Sample[];
}

async function run(context: BenchContext): Promise<Report> {
  const load = await LoadGenerator.start();
  context.onEnd(() => load.stop());
  const subjects = await startSubjects(context);
  const measured: Measured[] = [];
  for (const workload of WORKLOADS) measured.push(await compare(context, load, subjects, workload));
  return { method: METHOD, tables: [goalsTable(measured.map(toGoal)), table(measured)], measurements: measured };
}

async function compare(
  { options: { rounds, seconds }, say }: BenchContext,
  load: LoadGenerator,
  [small, large]: [Subject, Subject],
  workload: Workload,
): Promise<Measured> {
  const paths = new Map<Subject, string[]>();
  for (const subject of [small, large]) paths.set(subject, await workload.paths(subject));
  const measure = (subject: Subject, time: number, rate?: number) =>
    measureOnce(load, subject, paths.get(subject) ?? [], time, rate);
  say(`${workload.name}: warming up`);
  await measure(small, WARM_UP_SECONDS);
  const { perSecond } = await measure(large, WARM_UP_SECONDS);
  const rate = Math.max(5, Math.round(perSecond * MODERATE));
  say(`${workload.name}: ${rounds} rounds at ${rate} requests/s`);
  const samples = await interleave([small, large], rounds, (subject) => measure(subject, seconds, rate));
  return { workload: workload.name, rate, small: samples.get(small) ?? [], large: samples.get(large) ?? [] };
}

async function measureOnce(
  load: LoadGenerator,
  { server, token }: Subject,
  path: string[],
  seconds: number,
  rate?: number,
): Promise<Sample & { perSecond: number }> {
  const headers = { authorization: `Bearer ${token}` };
  const plan = { port: server.port, method: 'GET', path, headers, connections: CONNECTIONS, seconds, rate } as const;
  const { result, spent } = await server.spentDuring(() => load.run(plan));
  const { p50, p99 } = result.latencyMs;
  return { p50, p99, cpuMsPerRequest: spent.cpuMs / result.succeeded, perSecond: result.perSecond };
}

function toGoal({ workload, small, large }: Measured): Goal {
  const { median } = ratio(of(large, 'p99'), of(small, 'p99'));
  return { what: `${workload}: p99 with 100,000 agents ÷ with 1,000`, measured: median, limit: { atMost: MAX_RATIO } };
}

function table(measured: readonly Measured[]) {
  const row = (name: string, samples: Sample[], baseline: Sample[]) => [
    name,
    show(figure(of(samples, 'p50')), 1),
    show(figure(of(samples, 'p99')), 1),
    show(ratio(of(samples, 'p99'), of(baseline, 'p99'))),
    show(figure(of(samples, 'cpuMsPerRequest'))),
  ];
  return {
    title: 'A page of 50 agents',
    head: ['', 'p50 ms', 'p99 ms', 'p99 ÷ 1,000 agents', 'server CPU ms/request'],
    rows: measured.flatMap(({ workload, rate, small, large }) => [
      row(`${workload}, 1,000 agents, ${rate}/s`, small, small),
      row(`${workload}, 100,000 agents, ${rate}/s`, large, small),
    ]),
  };
}

function of(samples: readonly Sample[], member: keyof Sample): number[] {
  return samples.map((sample) => sample[member]);
}
