/**
 * Which HTTP adapter: the product on Fastify (as shipped) and on Express, on the path of every interaction, with both
 * frameworks alone as limits. The choice is by the CPU time of the server per request.
 */
import type { Bench, BenchContext, Report, Table } from '../support/bench.js';
import { LoadGenerator } from '../support/load.js';
import { interleave } from '../support/rounds.js';
import { figure } from '../support/statistics.js';
import { measure, type Sample } from './measurement.js';
import { requireStored, startSubjects, type Subject } from './subjects.js';
import { latencyTable, type Measured, profileTables, saturationTable } from './tables.js';
import { type Workload, WORKLOADS } from './workload.js';

/** Of the throughput of the slowest subject at saturation: what all get in the measurement of latency. */
const MODERATE = 0.4;
const WARM_UP_SECONDS = 3;

export const adapter: Bench = {
  name: 'adapter',
  summary: 'Nest on Fastify and on Express, on the ingest path',
  limitMinutes: 15,
  run,
};

const METHOD = [
  'POST /api/v1/interactions with an API key: authority read, validation, durable insert (fsync on), feed',
  'Muster on Express lacks security headers and ETags, which are hooks of Fastify; both log warnings only',
  'the frameworks alone parse the same JSON and answer: limits, not rivals',
  `saturation: ${WORKLOADS.map(({ name, connections }) => `${connections} connections for ${name}`).join(', ')}, each sending again when answered`,
  `latency: open loop at ${MODERATE * 100} % of what the slowest holds, counted from when a request was due`,
  'CPU of the process of the server; PostgreSQL, Redis and the load generator have their own',
];

async function run(context: BenchContext): Promise<Report> {
  const load = await LoadGenerator.start();
  context.onEnd(() => load.stop());
  const subjects = await startSubjects(context);
  const measured: Measured[] = [];
  const tables: Table[] = [];
  for (const workload of WORKLOADS) {
    const ofWorkload = await measureAll(context, load, subjects, workload);
    measured.push(...ofWorkload);
    tables.push(saturationTable(workload.name, ofWorkload), latencyTable(workload.name, ofWorkload));
    if (context.options.profile) tables.push(...(await profile(context, load, subjects[0], workload)));
  }
  await requireStored(subjects);
  return { method: METHOD, tables, measurements: measured };
}

/** Every subject at saturation, then every subject at one moderate rate. */
async function measureAll(
  { options: { rounds, seconds }, say }: BenchContext,
  load: LoadGenerator,
  subjects: readonly Subject[],
  workload: Workload,
): Promise<Measured[]> {
  say(`${workload.name}: warming up`);
  for (const subject of subjects) await measure(subject, load, workload, WARM_UP_SECONDS);
  say(`${workload.name}: ${rounds} rounds at saturation`);
  const saturated = await interleave(subjects, rounds, (subject) => measure(subject, load, workload, seconds));
  const rate = moderateRate([...saturated.values()]);
  say(`${workload.name}: ${rounds} rounds at ${rate} requests/s`);
  const moderate = await interleave(subjects, rounds, (subject) => measure(subject, load, workload, seconds, rate));
  return subjects.map((subject) => ({
    subject: subject.name,
    workload: workload.name,
    saturated: saturated.get(subject) ?? [],
    rate,
    moderate: moderate.get(subject) ?? [],
  }));
}

function moderateRate(saturated: Sample[][]): number {
  const slowest = Math.min(...saturated.map((samples) => figure(samples.map((sample) => sample.perSecond)).median));
  return Math.max(1, Math.round(slowest * MODERATE));
}

/** One more run of the product at saturation, under the profiler. */
async function profile(
  { options, say, keep }: BenchContext,
  load: LoadGenerator,
  product: Subject,
  workload: Workload,
): Promise<Table[]> {
  say(`${workload.name}: profiling ${product.name}`);
  const taken = await product.server.profileDuring(() => measure(product, load, workload, options.seconds));
  keep(`adapter-${workload.batch}.cpuprofile`, JSON.stringify(taken));
  return profileTables(workload.name, taken);
}
