/** One run: posts at a rate, and what the dashboards show of them. */
import { randomInt } from 'node:crypto';
import type { Percentiles } from '../support/histogram.js';
import type { LoadPlan } from '../support/load.js';
import { machineTime } from '../support/machine.js';
import type { Stage, Subject } from './stage.js';
import { postsPerSecond, type Traffic } from './traffic.js';

/** How often, and how many in a post. */
export interface Pattern extends Omit<Traffic, 'seed'> {
  /** Seconds of posts that may wait before it is given up; without it, as many as could still be shown in time. */
  patience?: number;
}

export interface Sample {
  rate: number;
  /** From when an interaction's post was due until a dashboard showed it. */
  latencyMs: Percentiles;
  /** Not shown within 2 s after the last post was answered, of all that dashboards were to show. */
  missing: number;
  expected: number;
  /** Why it did not take the load; null: it did. */
  failure: string | null;
  resyncs: number;
  /** Of the server's process. */
  cpuUsPerInteraction: number;
  /** Of everything each dashboard got, in their order. */
  bytes: number[];
  serverBusy: number;
  watchersBusy: number;
  crowdBusy: number;
  /** The load generator. */
  clientBusy: number;
  /** How late it sent at p99, in ms. */
  clientLateness: number;
  machineBusy: number;
}

const SOURCE = new URL('./traffic.source.js', import.meta.url).href;
const CONNECTIONS = { single: 256, batched: 32 };
/** Seconds; by then nothing is shown in time any more. */
const PATIENCE = 0.5;

/** Posts to the subject, whose dashboards must be open. */
export async function run(stage: Stage, subject: Subject, pattern: Pattern): Promise<Sample> {
  const { audience, load, agentIds, floor } = stage;
  const { rate, batch, seconds } = pattern;
  const traffic: Traffic = { rate, batch, seconds, seed: randomInt(2 ** 31) };
  const plan = planFor(stage, subject, traffic, pattern.patience);
  const before = { machine: machineTime(), bytes: await audience.bytes() };
  const { result, spent } = await audience.during(() => subject.server.spentDuring(() => load.attempt(plan)));
  const machine = machineTime();
  const { result: sent, spent: server } = result;
  const { startedAtMs, succeeded: posts } = sent;
  const conversations = floor.conversations.length;
  const seen = await audience.seen({ traffic, posts, conversations, agentIds, startedAtMs });
  if (sent.failure !== null || seen.missing > 0) await audience.settle();
  const after = await audience.bytes();
  return {
    rate,
    ...seen,
    failure: sent.failure,
    cpuUsPerInteraction: (server.cpuMs * 1000) / (posts * batch),
    bytes: after.map((bytes, n) => bytes - (before.bytes[n] ?? 0)),
    serverBusy: server.busy,
    watchersBusy: spent.watchers.busy,
    crowdBusy: spent.crowd.busy,
    clientBusy: sent.spent.busy,
    clientLateness: sent.latenessMs.p99,
    machineBusy: (machine.usedMs - before.machine.usedMs) / (machine.allMs - before.machine.allMs),
  };
}

/** Posts as fast as answers come; interactions a second. Waits until the dashboards have them. */
export async function saturate(stage: Stage, subject: Subject, batch: number, seconds: number): Promise<number> {
  const { rate: _, ...plan } = planFor(stage, subject, { seed: randomInt(2 ** 31), rate: 1, batch, seconds });
  const { perSecond } = await stage.load.run(plan);
  await stage.audience.settle();
  return perSecond * batch;
}

function planFor({ floor }: Stage, { server }: Subject, traffic: Traffic, patience = PATIENCE): LoadPlan {
  return {
    port: server.port,
    method: 'POST',
    path: '/api/v1/interactions',
    headers: { authorization: `Bearer ${floor.apiKey}`, 'content-type': 'application/json' },
    source: { module: SOURCE, options: { traffic, conversations: floor.conversations } },
    connections: traffic.batch === 1 ? CONNECTIONS.single : CONNECTIONS.batched,
    seconds: traffic.seconds,
    rate: postsPerSecond(traffic),
    maxBacklogSeconds: patience,
  };
}
