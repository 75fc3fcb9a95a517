/**
 * `npm run test:faults -- sleepers`: `--dashboards` (1,000) on two real nodes are stopped (SIGSTOP) for `--sleep` seconds (60) while
 * interactions go on, and released. The nodes' memory stays bounded, everyone is current again within 10 s and shows
 * what the server shows, PostgreSQL is read at most once for each scope and node, and who is awake notices nothing.
 */
import { MusterApi } from '#client';
import type { SuiteOptions } from '../access/access.suite.js';
import { Cluster } from '../access/cluster.js';
import { Random } from '../access/random.js';
import { type Floor, makeFloor } from '../live/floor.js';
import { Reporter } from '../live/reporter.js';
import { Office, pause } from '../resync/office.js';
import { Dashboards } from './dashboards.js';
import { digestOf } from './digest.js';
import { Meters, type Reading } from './meters.js';
import { Probe } from './probe.js';

export interface SleepersOptions extends Pick<SuiteOptions, 'seed' | 'say' | 'signal'> {
  /** How long they sleep, in seconds. */
  sleep: number;
  /** How many sleep. */
  dashboards: number;
}

const NODES = 2;
const PROCESSES = 4;
const AGENTS = 1_000;
const TEAMS = 9;
const AWAKE_MS = 10_000;
const CURRENT_WITHIN_MS = 10_000;
/** They are watched longer than they may take: how late they were is told too. */
const GIVEN_UP_MS = 60_000;
const LOOK_EVERY_MS = 250;
/** Beyond what a node held before, in MB: a quarter of a megabyte for each that sleeps. */
const GROWTH_MB = 125;
/** The machine does the clients' work too: that much an awake one may be slower. */
const SLOWER_MS = 500;

/** Resolves with what failed, a line each. */
export async function sleepers(options: SleepersOptions): Promise<string[]> {
  const cluster = await Cluster.start(NODES, 'plain');
  const processes: Dashboards[] = [];
  try {
    for (let index = 0; index < PROCESSES; index++) processes.push(await Dashboards.start());
    return await sleepAndWake(cluster, processes, options);
  } finally {
    await Promise.all(processes.map((each) => each.stop()));
    await cluster.stop();
  }
}

async function sleepAndWake(cluster: Cluster, processes: Dashboards[], options: SleepersOptions): Promise<string[]> {
  const { seed, say, signal, sleep, dashboards } = options;
  const urls = cluster.nodes.map(({ url }) => url);
  const floor = await makeFloor(await Office.open(cluster), { agents: AGENTS, teams: TEAMS }, signal);
  const scopes = [null, ...floor.teams];
  const [measured, ...others] = floor.agents;
  if (!measured) return ['there is nobody on the floor'];
  const plan = { urls, token: floor.key, count: Math.ceil(dashboards / PROCESSES), scopes };
  await Promise.all(processes.map((each) => each.open(plan)));
  const reporter = new Reporter({ ...floor, agents: others }, urls, new Random(seed));
  const probe = new Probe(measured, floor, urls);
  await probe.start();
  const meters = new Meters(urls);
  await pause(AWAKE_MS);
  const before = await meters.read();
  const watching = meters.watch();
  const asleep = performance.now();
  for (const each of processes) each.sleep();
  for (let second = 0; second < sleep && !signal.aborted; second++) await pause(1_000);
  const woken = performance.now();
  for (const each of processes) each.wake();
  const back = await untilCurrent(processes, plan.count * PROCESSES);
  const peak = meters.finish();
  await watching;
  const after = await meters.read();
  const delays = {
    before: probe.between(asleep - AWAKE_MS, asleep),
    asleep: probe.between(asleep, woken),
    after: probe.between(woken, performance.now()),
  };
  await probe.stop();
  await reporter.finish();
  const different = await untilEqual(processes, floor, urls, plan.count * PROCESSES);
  tell(say, { before, peak, after, back, delays, reported: reporter.all.length, scopes: scopes.length });
  return [
    ...reporter.wrong,
    ...different,
    ...judge({ before, peak, after, back, delays, scopes: scopes.length }),
    ...(signal.aborted ? ['given up'] : []),
  ];
}

interface Back {
  /** When half were current, and when all were; ms after they were woken, null if never. */
  half: number | null;
  all: number | null;
  /** By status, who was not current at last. */
  others: string;
  cut: number;
}

interface Measured {
  before: Reading;
  peak: number[];
  after: Reading;
  back: Back;
  delays: { before: number[]; asleep: number[]; after: number[] };
  scopes: number;
}

function judge({ before, peak, after, back, delays, scopes }: Measured): string[] {
  const failures: string[] = [];
  if (back.all === null) failures.push(`${GIVEN_UP_MS} ms after they were woken these are not current: ${back.others}`);
  else if (back.all > CURRENT_WITHIN_MS)
    failures.push(`all were current only ${back.all} ms after they were woken; ${CURRENT_WITHIN_MS} are allowed`);
  peak.forEach((mb, node) => {
    const grown = mb - (before.rss[node] ?? 0);
    if (grown > GROWTH_MB) failures.push(`node-${node} grew by ${grown} MB; ${GROWTH_MB} are allowed`);
  });
  const loads = after.loads - before.loads;
  if (loads > scopes * NODES)
    failures.push(`PostgreSQL was read ${loads} times for ${scopes} scopes on ${NODES} nodes`);
  const allowed = quantile(delays.before, 0.95) + SLOWER_MS;
  for (const phase of ['asleep', 'after'] as const) {
    const slow = quantile(delays[phase], 0.95);
    if (slow > allowed) failures.push(`who was awake waited ${slow} ms (p95, ${phase}); ${allowed} are allowed`);
  }
  if (Math.min(delays.before.length, delays.asleep.length) === 0) failures.push('nobody who was awake was asked');
  return failures;
}

function tell(say: (line: string) => void, measured: Measured & { reported: number }): void {
  const { before, peak, after, back, delays, reported, scopes } = measured;
  say(
    `memory of the nodes in MB: ${before.rss.join(' and ')} before, ${peak.join(' and ')} at most, ${after.rss.join(' and ')} after`,
  );
  say(`${after.loads - before.loads} reads of a whole roster from PostgreSQL, for ${scopes} scopes on ${NODES} nodes`);
  say(`half were current ${back.half} ms after they were woken, all ${back.all} ms; connections lost: ${back.cut}`);
  for (const [phase, ms] of Object.entries(delays)) {
    say(`awake, ${phase}: p50 ${quantile(ms, 0.5)} ms, p95 ${quantile(ms, 0.95)} ms of ${ms.length}`);
  }
  say(`${reported} interactions meanwhile`);
}

async function untilCurrent(processes: Dashboards[], count: number): Promise<Back> {
  const from = performance.now();
  let half: number | null = null;
  for (;;) {
    const seen = await Promise.all(processes.map((each) => each.seen()));
    const ms = Math.round(performance.now() - from);
    const cut = seen.reduce((sum, each) => sum + each.lost, 0);
    const current = seen.reduce((sum, each) => sum + each.current, 0);
    if (current >= count / 2) half ??= ms;
    const others = JSON.stringify(seen.map((each) => each.others));
    if (current === count) return { half, all: ms, others, cut };
    if (ms > GIVEN_UP_MS) return { half, all: null, others, cut };
    await pause(LOOK_EVERY_MS);
  }
}

/** Until every dashboard stands where the server does and shows the same. Windows slide every 5 s: they are asked again. */
async function untilEqual(processes: Dashboards[], floor: Floor, urls: string[], count: number): Promise<string[]> {
  const api = new MusterApi({ url: urls[0] ?? '', token: floor.key });
  const from = performance.now();
  for (;;) {
    const different = await differing(processes, api, count);
    if (different === 0) return [];
    if (performance.now() - from > CURRENT_WITHIN_MS)
      return [`${different} dashboards show something else than the server`];
    await pause(LOOK_EVERY_MS);
  }
}

async function differing(processes: Dashboards[], api: MusterApi, count: number): Promise<number> {
  const contents = (await Promise.all(processes.map((each) => each.contents()))).flat();
  let different = count - contents.length;
  for (const [scope, shown] of Map.groupBy(contents, (each) => each.scope)) {
    const { epoch, offset, rows, teams } = await api.dashboard.roster(scope === null ? {} : { teamId: scope });
    const digest = digestOf(rows, teams);
    different += shown.filter(
      (each) => each.epoch !== epoch || each.offset !== offset || each.digest !== digest,
    ).length;
  }
  return different;
}

function quantile(sorted: number[], share: number): number {
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}
