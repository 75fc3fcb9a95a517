/**
 * `npm run test:faults -- windows`: P6 and P7 on two real nodes, where 1,000 agents get interactions late, twice and out
 * of order while nodes are killed and Redis is emptied. At random moments what every node and every delta client shows
 * is between what was taken before and what was sent by then; after the last fault all are equal within 10 s.
 */
import { Cluster } from '../access/cluster.js';
import type { SuiteOptions } from '../access/access.suite.js';
import { Random } from '../access/random.js';
import { makeFloor } from '../live/floor.js';
import { Reporter } from '../live/reporter.js';
import { Office, pause } from '../resync/office.js';
import { Watch } from './watch.js';

export interface WindowsOptions extends Pick<SuiteOptions, 'seed' | 'seconds' | 'say' | 'signal'> {
  agents?: number;
}

const NODES = 2;
const TEAMS = 10;
const AGENTS = 1_000;
const EQUAL_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 700;
const FAULT_EVERY_MS = 6_000;

/** Resolves with what failed, a line each. */
export async function windows({ seed, seconds, say, signal, agents = AGENTS }: WindowsOptions): Promise<string[]> {
  const random = new Random(seed);
  const cluster = await Cluster.start(NODES, 'plain');
  const urls = cluster.nodes.map(({ url }) => url);
  try {
    const office = await Office.open(cluster);
    const floor = await makeFloor(office, { agents, teams: TEAMS }, signal);
    const reporter = new Reporter(floor, urls, random.fork(1));
    const watch = new Watch(floor, reporter, urls);
    const looking = watch.lookUntil(() => signal.aborted, random.fork(2), LOOK_EVERY_MS);
    const faults = await disturb(cluster, random.fork(3), seconds, say, signal);
    await reporter.finish();
    const { ms, complaints } = await watch.untilExact(EQUAL_WITHIN_MS);
    watch.close();
    await looking;
    const failures = [...reporter.wrong, ...watch.complaints, ...complaints.map((line) => `10 s after all: ${line}`)];
    failures.push(...(await storedOnce(office, reporter)));
    say(`${reporter.all.length} interactions of ${agents} agents; ${faults.join(', ') || 'no fault'}`);
    say(
      `looked ${watch.looks.http} times by HTTP, ${watch.looks.live} at a live view; ${watch.looks.stale} views said they were not`,
    );
    if (complaints.length === 0) say(`after the last of it all were equal within ${ms} ms`);
    if (watch.looks.http < NODES || watch.looks.live < NODES) failures.push('hardly anything was looked at');
    return signal.aborted ? [...failures, 'given up'] : failures;
  } finally {
    await cluster.stop();
  }
}

/** Faults of both kinds in turn, at random moments, the last one well before the end. */
async function disturb(
  cluster: Cluster,
  random: Random,
  seconds: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<string[]> {
  const end = performance.now() + seconds * 1_000;
  const done: string[] = [];
  for (let turn = 0; performance.now() < end && !signal.aborted; turn++) {
    await pause(Math.min(random.between(0.3, 1) * FAULT_EVERY_MS, Math.max(0, end - performance.now())));
    const node = random.pick(cluster.nodes);
    if (turn % 2 === 0) {
      say(`node-${node.index} is killed`);
      await cluster.kill(node);
      await pause(random.between(0, 1_500));
      await cluster.launch(node);
      done.push(`node-${node.index} killed`);
    } else {
      say('Redis is emptied');
      await cluster.services.flush();
      done.push('Redis emptied');
    }
  }
  return done;
}

/** What was taken is stored, and nothing twice. */
async function storedOnce(office: Office, reporter: Reporter): Promise<string[]> {
  const [row] = await office.sql<{ stored: number; ids: number }>(
    'select count(*)::int as stored, count(distinct id)::int as ids from interaction',
    [],
  );
  const expected = reporter.all.length;
  if (row?.stored === expected && row.ids === expected) return [];
  return [`${expected} interactions were taken; ${row?.stored} are stored, ${row?.ids} of them different`];
}
