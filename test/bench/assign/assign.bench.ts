/**
 * Assigning: 50 clients give 10,000 conversations to 200 agents over HTTP, against the same conditional update done
 * alone; and how soon a client that keeps the list of 10,000 assignable agents knows of one change.
 */
import { profileTables } from '../adapter/tables.js';
import type { Bench, BenchContext, Report, Table } from '../support/bench.js';
import { goalsTable } from '../support/goals.js';
import { machineTime } from '../support/machine.js';
import { interleave } from '../support/rounds.js';
import type { Server } from '../support/server.js';
import { withDatabase } from '../support/services.js';
import { figure, ratio, show } from '../support/statistics.js';
import { BARE_TABLE } from './bare.js';
import { setStage, type Stage } from './stage.js';
import { type AssignPlan, type AssignResult, Clients, type WatchResult, type Wish } from './ways.js';

const CLIENTS = 50;
const CONVERSATIONS = 10_000;
const AGENTS = 200;
/** Room for all, if they were spread evenly, which they are not: some are refused. */
const CAPACITY = CONVERSATIONS / AGENTS;
const LISTED = [100, 10_000] as const;
const CHANGES = 300;
const AT_LEAST = 0.5;
const SPARE_MS = 50;

export const assign: Bench = {
  name: 'assign',
  summary: '50 clients assign 10,000 conversations, against the bare update; the list of 10,000 agents kept',
  limitMinutes: 12,
  run,
};

const METHOD = [
  `${CONVERSATIONS.toLocaleString('en')} conversations, each asked for an agent at random out of ${AGENTS} with room for ${CAPACITY}: who is full is refused; ${CLIENTS} connections, each asking again when answered; fsync on`,
  'Muster: POST /api/v1/conversations/ID/assign {agentId} with an API key: rights, rule and reasons, audit chain, history, live views',
  'bare: lock the agent, update if it has fewer than its capacity, commit, into a table with the same columns and indexes, by 50 connections',
  `the list: one client on /inbox holds the list of all; ${CHANGES} assignments, one after the other, each from sending it until the frame with it is here`,
];

interface Subject {
  name: string;
  table: string;
  target: AssignPlan['target'];
  server?: Server;
}

interface Sample extends AssignResult {
  /** Agents with more than they may have. */
  over: number;
  machineBusy: number;
  /** Of an answer. */
  postgresMs: number;
  serverMs: number;
}

async function run(context: BenchContext): Promise<Report> {
  const clients = await Clients.start();
  context.onEnd(() => clients.stop());
  const counts = { agents: AGENTS, capacity: CAPACITY, conversations: CONVERSATIONS };
  const stage = await setStage(context, counts);
  const subjects = await makeSubjects(stage);
  const wishes = makeWishes(stage);
  context.say('warming up');
  for (const subject of subjects) await measureOnce(stage, clients, subject, wishes.slice(0, CONVERSATIONS / 4));
  const { rounds } = context.options;
  context.say(`${rounds} rounds`);
  const samples = await interleave(subjects, rounds, (subject) => measureOnce(stage, clients, subject, wishes));
  const measured = subjects.map((subject) => samples.get(subject) ?? []);
  const profiles = await profiled(context, stage, () => measureOnce(stage, clients, subjects[1], wishes));
  const lists = await watchLists(context, clients);
  const tables = [goals(measured, lists, stage.tickMs), table(subjects, measured), listTable(lists), ...profiles];
  return { method: METHOD, tables, measurements: { subjects: subjects.map(({ name }) => name), measured, lists } };
}

/** One more round over HTTP, under the profiler. */
async function profiled(
  { options, keep }: BenchContext,
  { server }: Stage,
  work: () => Promise<unknown>,
): Promise<Table[]> {
  if (!options.profile) return [];
  const taken = await server.profileDuring(work);
  keep('assign.cpuprofile', JSON.stringify(taken));
  return profileTables('Muster over HTTP', taken);
}

async function makeSubjects({ databaseUrl, server, floor }: Stage): Promise<Subject[]> {
  await withDatabase(databaseUrl, (client) => client.query(BARE_TABLE));
  const muster = { port: server.port, apiKey: floor.apiKey };
  return [
    { name: 'bare update', table: 'bare_conversation', target: { databaseUrl } },
    { name: 'Muster over HTTP', table: 'conversation', target: muster, server },
  ];
}

/** The same for all: so many are refused everywhere. */
function makeWishes({ floor: { conversations, agents } }: Stage): Wish[] {
  return conversations.map((conversationId, n) => {
    // A fixed sequence without a pattern.
    const at = Math.floor(agents.length * (((Math.sin(n + 1) * 10_000) % 1) + 1)) % agents.length;
    return { conversationId, agentId: agents[at]?.id ?? '' };
  });
}

async function measureOnce(
  { databaseUrl, postgres }: Stage,
  clients: Clients,
  { table, target, server }: Subject,
  wishes: readonly Wish[],
): Promise<Sample> {
  await withDatabase(databaseUrl, async (client) => {
    await client.query(`update ${table} set assignee_id = null, version = version + 1 where assignee_id is not null`);
    await client.query(`vacuum analyze ${table}`);
  });
  const [before, postgresBefore] = [machineTime(), postgres.cpuMs()];
  const work = () => clients.assign({ wishes, clients: CLIENTS, target });
  const { result, spent } = server ? await server.spentDuring(work) : { result: await work(), spent: { cpuMs: 0 } };
  const [after, postgresAfter] = [machineTime(), postgres.cpuMs()];
  const over = await withDatabase(databaseUrl, (client) =>
    client.query(
      `select from ${table} where assignee_id is not null group by assignee_id having count(*) > ${CAPACITY}`,
    ),
  );
  const machineBusy = (after.usedMs - before.usedMs) / (after.allMs - before.allMs);
  const [postgresMs, serverMs] = [postgresAfter - postgresBefore, spent.cpuMs].map((ms) => ms / wishes.length);
  return { ...result, over: over.rowCount ?? NaN, machineBusy, postgresMs, serverMs };
}

async function watchLists(context: BenchContext, clients: Clients): Promise<WatchResult[]> {
  const lists: WatchResult[] = [];
  for (const agents of LISTED) {
    context.say(`a list of ${agents.toLocaleString('en')} agents`);
    const stage = await setStage(context, { agents, capacity: 100, conversations: CHANGES });
    const { server, floor } = stage;
    lists.push(await clients.watch({ port: server.port, apiKey: floor.apiKey, wishes: makeWishes(stage) }));
    await server.stop();
  }
  return lists;
}

function goals([bare = [], own = []]: readonly Sample[][], lists: readonly WatchResult[], tickMs: number): Table {
  const share = ratio(of(own, 'perSecond'), of(bare, 'perSecond')).median;
  const [few, many] = lists;
  return goalsTable([
    { what: 'agents over their capacity', measured: Math.max(...of(own, 'over')), limit: { atMost: 0 } },
    { what: 'assignments/s over HTTP ÷ the bare update', measured: share, limit: { atLeast: AT_LEAST } },
    {
      what: 'one change in the list of 10,000, at the client, p99',
      measured: many?.latencyMs.p99 ?? NaN,
      limit: { atMost: tickMs + SPARE_MS },
      unit: ' ms',
    },
    {
      what: 'bytes of its frame with 10,000 agents ÷ with 100',
      measured: (many?.bytesEach ?? NaN) / (few?.bytesEach ?? NaN),
      limit: { atMost: 1.1 },
    },
  ]);
}

function table(subjects: readonly Subject[], measured: readonly Sample[][]): Table {
  const [bare = []] = measured;
  return {
    title: `${CONVERSATIONS.toLocaleString('en')} assignments by ${CLIENTS} clients`,
    head: [
      '',
      'answers/s',
      '÷ first',
      'p50 ms',
      'p99 ms',
      'assigned',
      'refused',
      'over',
      'PostgreSQL ms each',
      'server ms each',
      'clients',
      'machine busy',
    ],
    rows: subjects.map(({ name }, n) => {
      const own = measured[n] ?? [];
      const latency = (at: 'p50' | 'p99') => figure(own.map(({ latencyMs }) => latencyMs[at]));
      return [
        name,
        show(figure(of(own, 'perSecond')), 0),
        show(ratio(of(own, 'perSecond'), of(bare, 'perSecond'))),
        show(latency('p50'), 1),
        show(latency('p99'), 1),
        show(figure(of(own, 'assigned')), 0),
        show(figure(of(own, 'refused')), 0),
        show(figure(of(own, 'over')), 0),
        show(figure(of(own, 'postgresMs'))),
        show(figure(of(own, 'serverMs'))),
        show(figure(own.map(({ spent }) => spent.busy))),
        show(figure(of(own, 'machineBusy'))),
      ];
    }),
  };
}

function listTable(lists: readonly WatchResult[]): Table {
  return {
    title: 'One change of the list of assignable agents, at the client',
    head: ['', 'p50 ms', 'p99 ms', 'bytes of the frame'],
    rows: lists.map(({ latencyMs, bytesEach }, n) => [
      `${LISTED[n]?.toLocaleString('en')} agents`,
      latencyMs.p50.toFixed(1),
      latencyMs.p99.toFixed(1),
      bytesEach.toFixed(0),
    ]),
  };
}

function of(
  samples: readonly Sample[],
  member: 'perSecond' | 'assigned' | 'refused' | 'over' | 'machineBusy' | 'postgresMs' | 'serverMs',
): number[] {
  return samples.map((sample) => sample[member]);
}
