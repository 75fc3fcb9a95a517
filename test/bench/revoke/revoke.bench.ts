/**
 * Offboarding under load: three nodes, a thousand sockets, and agents who are made inactive while the others work on.
 * How long the administrator waits for the reply that says it is done, whether it was true, and whether anybody else
 * noticed; then the same with a node that is frozen.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'hdr-histogram-js';
import type { Bench, BenchContext, Report } from '../support/bench.js';
import { type Goal, goalsTable } from '../support/goals.js';
import type { LoadResult } from '../support/load.js';
import { machineTime } from '../support/machine.js';
import { interleave } from '../support/rounds.js';
import type { Server } from '../support/server.js';
import { figure, ratio, show } from '../support/statistics.js';
import type { Departure } from './crowd.js';
import { type Sent, sentAfter } from './sends.js';
import { type Offboarded, SEATED, SOCKETS_EACH, Stage } from './stage.js';

const DEPARTURES = 200;
const PER_SECOND = 1;
const READS_PER_SECOND = 50;
const POSTS_PER_SECOND = 1;
const BATCH = 10;
/** After a frozen node goes on, time for what it had queued. */
const THAWED_MS = 3_000;
/** Of load beside it. */
const FROZEN_SECONDS = 8;
const MAX_BUSY = 0.6;

export const revoke: Bench = {
  name: 'revoke',
  summary: 'offboardings under load: the reply, what is sent after it, and what others notice',
  limitMinutes: 15,
  run,
};

const METHOD = [
  `3 nodes, ${SEATED * SOCKETS_EACH} sockets, subscribed, half of them on /dashboard and half on /inbox, each agent's on all nodes`,
  `open loop on all nodes: ${READS_PER_SECOND} GET /me a second by 50 others, ${POSTS_PER_SECOND} posts of ${BATCH} interactions`,
  `${PER_SECOND} times a second an agent goes, at another moment of its second each time, and the next one comes with ${SOCKETS_EACH} sockets; rounds in which they are offboarded (PATCH to inactive) alternate with rounds in which they leave by themselves`,
  'who goes asks for GET /me on every node until half a second after the reply, and tries to connect again',
  'sends are noted in the nodes at the moment in which the gate let them pass; all processes share a clock',
  'frozen: one node under SIGSTOP during an offboarding, SIGCONT after the reply',
];

interface Round {
  readsP99: number;
  machineBusy: number;
  gone: Gone[];
}

/** Somebody who went. */
interface Gone extends Departure {
  /** Null: by themselves. */
  reply: Offboarded | null;
}

async function run(context: BenchContext): Promise<Report> {
  const { rounds } = context.options;
  const perRound = Math.ceil(DEPARTURES / rounds);
  const stage = await Stage.set(context, perRound * rounds * 2 + rounds);
  context.say('warming up');
  await runLoad(stage, 3);
  context.say(`${rounds} rounds without and with ${perRound} offboardings each`);
  const measured = await interleave([false, true], rounds, (offboards) => runRound(stage, perRound, offboards));
  const [without, within] = [measured.get(false) ?? [], measured.get(true) ?? []];
  const breaches = await findBreaches(stage, within);
  context.say('with a frozen node');
  const frozen: Frozen[] = [];
  for (let n = 0; n < rounds; n++) frozen.push(await runFrozen(stage));
  const tables = [goals(within, without, breaches, frozen), table(within, without, frozen)];
  return { method: METHOD, tables, measurements: { without, within, breaches, frozen } };
}

async function runRound(stage: Stage, count: number, offboards: boolean): Promise<Round> {
  const before = machineTime();
  const departures = stage.leaving(count).map(async (agentId, n) => {
    await delay(((n + phase(n)) * 1000) / PER_SECOND);
    return depart(stage, agentId, offboards);
  });
  const [{ latencyMs }, gone] = await Promise.all([runLoad(stage, count / PER_SECOND), Promise.all(departures)]);
  const after = machineTime();
  const machineBusy = (after.usedMs - before.usedMs) / (after.allMs - before.allMs);
  return { readsP99: latencyMs.p99, machineBusy, gone };
}

/** Departures have nothing to do with the posts' beat: golden steps spread them evenly over it. In [0, 1). */
function phase(n: number): number {
  return (n * 0.618_033_988_749) % 1;
}

/** The reads, which are measured; the posts go beside them. */
async function runLoad(stage: Stage, seconds: number, ports = stage.ports): Promise<LoadResult> {
  const source = { module: new URL('../support/interactions.source.js', import.meta.url).href };
  const [reads] = await Promise.all([
    stage.load.run({
      port: ports,
      method: 'GET',
      path: '/api/v1/me',
      headers: stage.others.map(({ token }) => ({ authorization: `Bearer ${token}` })),
      connections: 30,
      rate: READS_PER_SECOND,
      seconds,
    }),
    stage.load.run({
      port: ports,
      method: 'POST',
      path: '/api/v1/interactions',
      headers: { authorization: `Bearer ${stage.apiKey}`, 'content-type': 'application/json' },
      source: { ...source, options: { conversations: stage.conversations, batch: BATCH } },
      connections: 9,
      rate: POSTS_PER_SECOND,
      seconds,
    }),
  ]);
  return reads;
}

/** One goes, the next one comes. */
async function depart(stage: Stage, agentId: string, offboards: boolean): Promise<Gone> {
  await stage.crowd.pester(agentId, stage.ports);
  const reply = offboards ? await stage.offboard(agentId) : null;
  if (!offboards) await stage.crowd.leave(agentId);
  const node = stage.ports[Math.floor(Math.random() * stage.ports.length)] ?? 0;
  const [departure] = await Promise.all([stage.crowd.farewell(agentId, offboards ? node : null), stage.seatNext()]);
  return { ...departure, reply };
}

interface Breaches {
  /** Requests that succeeded although they were begun after the reply, and sockets that were let in again. */
  successes: number;
  sends: number;
  /** Sockets that were still open a second after the reply. */
  stillOpen: number;
  examples: Sent[];
}

async function findBreaches(stage: Stage, rounds: readonly Round[]): Promise<Breaches> {
  const sent = (await Promise.all(stage.nodes.map((node) => node.ask<Sent[]>('sent')))).flat();
  const breaches: Breaches = { successes: 0, sends: 0, stillOpen: 0, examples: [] };
  for (const { reply, ...departure } of rounds.flatMap(({ gone }) => gone)) {
    if (!reply || reply.enforcement !== 'complete') continue;
    const late = sentAfter(reply.at, sent, departure.connections);
    breaches.sends += late.length;
    breaches.examples.push(...late.slice(0, 3));
    breaches.stillOpen += departure.stillOpen;
    if (departure.lastSuccessBegun > reply.at) breaches.successes++;
    if (departure.readmitted) breaches.successes++;
  }
  return breaches;
}

interface Frozen {
  replyMs: number;
  enforcement: string;
  /** What the node sent the agent after it went on. */
  sends: number;
}

/** The last node is frozen while interactions go on, which it owes its dashboards when it goes on. */
async function runFrozen(stage: Stage): Promise<Frozen> {
  const [frozen, others] = [stage.nodes.at(-1), stage.ports.slice(0, -1)];
  const [agentId] = stage.leaving(1);
  if (!frozen || !agentId) throw new Error('nobody is left to be offboarded');
  const [{ reply, connections }] = await Promise.all([
    offboardBeside(stage, frozen, agentId),
    runLoad(stage, FROZEN_SECONDS, others),
  ]);
  const sent = await frozen.ask<Sent[]>('sent');
  return { replyMs: reply.ms, enforcement: reply.enforcement, sends: sentAfter(reply.at, sent, connections).length };
}

async function offboardBeside(stage: Stage, frozen: Server, agentId: string) {
  await delay(500);
  frozen.signal('SIGSTOP');
  const reply = await stage.offboard(agentId).finally(() => frozen.signal('SIGCONT'));
  await delay(THAWED_MS);
  return { reply, ...(await stage.crowd.farewell(agentId, null)) };
}

function goals(within: Round[], without: Round[], breaches: Breaches, frozen: Frozen[]) {
  const replies = repliesOf(within);
  const list: Goal[] = [
    { what: 'reply, p50', measured: replies.p50, limit: { atMost: 50 }, unit: ' ms' },
    { what: 'reply, p99', measured: replies.p99, limit: { atMost: 150 }, unit: ' ms' },
    {
      what: 'GET /me of others: p99 with offboardings ÷ without',
      measured: slowdown(within, without).median,
      limit: { atMost: 1.2 },
    },
    { what: 'successes after the reply', measured: breaches.successes, limit: { atMost: 0 } },
    { what: 'sends after the reply', measured: breaches.sends, limit: { atMost: 0 } },
    { what: 'replies that are not complete', measured: replies.pending, limit: { atMost: 0 } },
    { what: 'sockets open a second after the reply', measured: breaches.stillOpen, limit: { atMost: 0 } },
    {
      what: 'a node frozen: reply, longest',
      measured: Math.max(...frozen.map(({ replyMs }) => replyMs)),
      limit: { atMost: 3_500 },
      unit: ' ms',
    },
    {
      what: 'a node frozen: its sends after the reply',
      measured: total(frozen.map(({ sends }) => sends)),
      limit: { atMost: 0 },
    },
    {
      what: 'machine busy (else the figures mean little)',
      measured: figure(within.map(busy)).median,
      limit: { atMost: MAX_BUSY },
    },
  ];
  return goalsTable(list);
}

function table(within: Round[], without: Round[], frozen: Frozen[]) {
  const replies = repliesOf(within);
  const p99 = (rounds: Round[]) => show(figure(rounds.map(({ readsP99 }) => readsP99)), 1);
  return {
    title: `${replies.count} offboardings of ${SOCKETS_EACH} sockets`,
    head: ['', ''],
    rows: [
      [
        'reply p50 · p90 · p99 · max, ms',
        [replies.p50, replies.p90, replies.p99, replies.max].map((ms) => ms.toFixed(1)).join(' · '),
      ],
      ['sockets closed, by the receipts', String(replies.sockets)],
      ['p99 of others with offboardings, ms', p99(within)],
      ['p99 of others without, ms', p99(without)],
      ['÷', show(slowdown(within, without))],
      ['machine busy with · without', [within, without].map((rounds) => show(figure(rounds.map(busy)))).join(' · ')],
      ['reply with a frozen node, ms', show(figure(frozen.map(({ replyMs }) => replyMs)), 0)],
    ],
  };
}

function repliesOf(rounds: readonly Round[]) {
  const replies = rounds.flatMap(({ gone }) => gone).flatMap(({ reply }) => reply ?? []);
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });
  for (const { ms } of replies) histogram.recordValue(Math.round(ms * 1000));
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / 1000;
  return {
    count: replies.length,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    max: histogram.maxValue / 1000,
    pending: replies.filter(({ enforcement }) => enforcement !== 'complete').length,
    sockets: total(replies.map(({ sockets }) => sockets)),
  };
}

function slowdown(within: Round[], without: Round[]) {
  const p99 = ({ readsP99 }: Round) => readsP99;
  return ratio(within.map(p99), without.map(p99));
}

function busy({ machineBusy }: Round): number {
  return machineBusy;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
