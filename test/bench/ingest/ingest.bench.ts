/**
 * What counting once costs: batches of 100 over HTTP, durable, the product's full path, against an insert of the same
 * rows into the same kind of tables that does nothing else; and between the two, the product's statement alone.
 */
import pg from 'pg';
import { profileTables } from '../adapter/tables.js';
import type { Bench, BenchContext, Report, Table } from '../support/bench.js';
import { type Floor, makeFloor } from '../support/floor.js';
import { goalsTable } from '../support/goals.js';
import { LoadGenerator } from '../support/load.js';
import { machineTime } from '../support/machine.js';
import { PostgresUsage } from '../support/postgres-usage.js';
import { interleave } from '../support/rounds.js';
import { Server } from '../support/server.js';
import { withDatabase } from '../support/services.js';
import { figure, ratio, show } from '../support/statistics.js';
import { BARE_TABLES } from './bare.js';
import { type InsertPlan, Inserter } from './ways.js';

const BATCH = 100;
const CLIENTS = 8;
/** What the product's group commit makes of eight callers: a statement each for the two that may be under way. */
const GROUPED = { rows: (BATCH * CLIENTS) / 2, connections: 2 };
const AT_LEAST = 0.5;
const WARM_UP_SECONDS = 2;
const FLOOR = { teams: 10, agents: 1_000, conversations: 20_000 };

export const ingest: Bench = {
  name: 'ingest',
  summary: 'batches of 100, durable, against the same insert done alone',
  limitMinutes: 8,
  run,
};

const METHOD = [
  `${FLOOR.conversations.toLocaleString('en')} conversations of ${FLOOR.agents.toLocaleString('en')} agents, any of them for each interaction; fsync on`,
  `Muster: POST /api/v1/interactions, ${BATCH} a call, ${CLIENTS} connections, each sending again when answered`,
  `bare: ${BATCH} rows a transaction by unnest into tables with the same partitions and indexes, ${CLIENTS} connections; who has the conversation is known to the client`,
  `the statement alone: what Muster runs, without HTTP, by ${CLIENTS} connections with ${BATCH} rows and as Muster groups them, by ${GROUPED.connections} with ${GROUPED.rows}`,
  'CPU of PostgreSQL is that of all its processes (WAL, checkpoints, vacuum included); the server is the process that answers HTTP; clients are not counted',
];

interface Subject {
  name: string;
  /** Whose server is profiled. */
  server?: Server;
  /** Rows committed, and what the server's process used for them. */
  run(seconds: number): Promise<{ rows: number; perSecond: number; serverCpuMs: number; clientBusy: number }>;
}

interface Sample {
  perSecond: number;
  postgresUs: number;
  serverUs: number;
  /** Of both. */
  perCpuSecond: number;
  clientBusy: number;
  machineBusy: number;
}

async function run(context: BenchContext): Promise<Report> {
  const { rounds, seconds } = context.options;
  const databaseUrl = await context.services.createDatabase();
  const subjects = await startSubjects(context, databaseUrl);
  const postgres = await watchPostgres(context, databaseUrl);
  const measure = (subject: Subject, time: number) => measureOnce(postgres, subject, time);
  context.say('warming up');
  for (const subject of subjects) await measure(subject, WARM_UP_SECONDS);
  context.say(`${rounds} rounds`);
  const samples = await interleave(subjects, rounds, (subject) => measure(subject, seconds));
  const measured = subjects.map((subject) => samples.get(subject) ?? []);
  await requireCounted(databaseUrl);
  const measurements = Object.fromEntries(subjects.map(({ name }, n) => [name, measured[n]]));
  const tables = [goals(measured), table(subjects, measured), ...(await profiled(context, subjects))];
  return { method: METHOD, tables, measurements };
}

/** One more run over HTTP, under the profiler. */
async function profiled({ options, keep }: BenchContext, subjects: readonly Subject[]): Promise<Table[]> {
  const subject = subjects.at(-1);
  if (!options.profile || !subject?.server) return [];
  const taken = await subject.server.profileDuring(() => subject.run(options.seconds));
  keep('ingest.cpuprofile', JSON.stringify(taken));
  return profileTables(subject.name, taken);
}

async function startSubjects(context: BenchContext, databaseUrl: string): Promise<Subject[]> {
  const { services, onEnd } = context;
  const options = { databaseUrl, redisUrl: services.redisUrl };
  const server = await Server.start('Muster', new URL('../support/product.server.js', import.meta.url), options);
  onEnd(() => server.stop());
  const [load, inserter] = await Promise.all([LoadGenerator.start(), Inserter.start()]);
  onEnd(() => load.stop());
  onEnd(() => inserter.stop());
  const floor = await makeFloor(databaseUrl, FLOOR, ['interactions.write']);
  await withDatabase(databaseUrl, async (client) => {
    await client.query(BARE_TABLES);
    await client.query('vacuum analyze');
  });
  const plan = { databaseUrl, workspaceId: floor.id, conversations: withAgents(floor) };
  const single = { rows: BATCH, connections: CLIENTS };
  return [
    inserting(inserter, 'bare insert', { ...plan, ...single, way: 'bare' }),
    inserting(inserter, `statement alone, ${single.connections} × ${single.rows}`, {
      ...plan,
      ...single,
      way: 'statement',
    }),
    inserting(inserter, `statement alone, ${GROUPED.connections} × ${GROUPED.rows}`, {
      ...plan,
      ...GROUPED,
      way: 'statement',
    }),
    posting(load, server, floor),
  ];
}

/** Those without an agent are given one, as the bare tables don't mind. */
function withAgents({ agents, conversations }: Floor): InsertPlan['conversations'] {
  return conversations.map((id, n) => {
    const { id: agentId, teamId } = agents[n % agents.length] ?? { id: '', teamId: '' };
    return { id, agentId, teamId };
  });
}

function inserting(inserter: Inserter, name: string, plan: Omit<InsertPlan, 'seconds'>): Subject {
  const run = async (seconds: number) => {
    const { rows, perSecond, spent } = await inserter.run({ ...plan, seconds });
    return { rows, perSecond, serverCpuMs: 0, clientBusy: spent.busy };
  };
  return { name, run };
}

function posting(load: LoadGenerator, server: Server, { apiKey, conversations }: Floor): Subject {
  const module = new URL('../support/interactions.source.js', import.meta.url).href;
  const run = async (seconds: number) => {
    const { result, spent } = await server.spentDuring(() =>
      load.run({
        port: server.port,
        method: 'POST',
        path: '/api/v1/interactions',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        source: { module, options: { conversations, batch: BATCH } },
        connections: CLIENTS,
        seconds,
      }),
    );
    const { succeeded, perSecond } = result;
    const rows = succeeded * BATCH;
    return { rows, perSecond: perSecond * BATCH, serverCpuMs: spent.cpuMs, clientBusy: result.spent.busy };
  };
  return { name: 'Muster over HTTP', server, run };
}

async function watchPostgres({ onEnd }: BenchContext, databaseUrl: string): Promise<PostgresUsage> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  onEnd(() => client.end());
  return PostgresUsage.of(client);
}

async function measureOnce(postgres: PostgresUsage, subject: Subject, seconds: number): Promise<Sample> {
  const [machine, before] = [machineTime(), postgres.cpuMs()];
  const { rows, perSecond, serverCpuMs, clientBusy } = await subject.run(seconds);
  const postgresMs = postgres.cpuMs() - before;
  const { usedMs, allMs } = machineTime();
  return {
    perSecond,
    postgresUs: (postgresMs * 1000) / rows,
    serverUs: (serverCpuMs * 1000) / rows,
    perCpuSecond: (rows * 1000) / (postgresMs + serverCpuMs),
    clientBusy,
    machineBusy: (usedMs - machine.usedMs) / (allMs - machine.allMs),
  };
}

/** Fails unless each interaction has its key and each key its interaction. */
async function requireCounted(databaseUrl: string): Promise<void> {
  const { rows } = await withDatabase(databaseUrl, (client) =>
    client.query<{ stored: number; keys: number }>(
      `select (select count(*)::int from interaction) as stored, (select count(*)::int from interaction_key) as keys`,
    ),
  );
  if (rows[0]?.stored !== rows[0]?.keys) throw new Error(`Stored and counted differ: ${JSON.stringify(rows[0])}.`);
}

function goals(measured: readonly Sample[][]): Table {
  const [bare = []] = measured;
  const own = measured.at(-1) ?? [];
  const share = (member: keyof Sample) => ratio(of(own, member), of(bare, member)).median;
  const limit = { atLeast: AT_LEAST };
  return goalsTable([
    { what: 'rows/s over HTTP ÷ the bare insert', measured: share('perSecond'), limit },
    { what: 'rows per CPU second of PostgreSQL and server, likewise', measured: share('perCpuSecond'), limit },
  ]);
}

function table(subjects: readonly Subject[], measured: readonly Sample[][]): Table {
  const [bare = []] = measured;
  return {
    title: 'Rows, durable',
    head: [
      '',
      'rows/s',
      '÷ first',
      'PostgreSQL µs/row',
      'server µs/row',
      'rows/CPU s ÷ first',
      'client',
      'machine busy',
    ],
    rows: subjects.map(({ name }, n) => {
      const own = measured[n] ?? [];
      return [
        name,
        show(figure(of(own, 'perSecond')), 0),
        show(ratio(of(own, 'perSecond'), of(bare, 'perSecond'))),
        show(figure(of(own, 'postgresUs')), 1),
        show(figure(of(own, 'serverUs')), 1),
        show(ratio(of(own, 'perCpuSecond'), of(bare, 'perCpuSecond'))),
        show(figure(of(own, 'clientBusy'))),
        show(figure(of(own, 'machineBusy'))),
      ];
    }),
  };
}

function of(samples: readonly Sample[], member: keyof Sample): number[] {
  return samples.map((sample) => sample[member]);
}
