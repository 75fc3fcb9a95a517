/**
 * From a post to the screens: how many interactions a second a node takes so that 200 dashboards of 10 teams show each
 * in time, against what a typical team would write; and how late they are at a usual load and when it is quiet.
 */
import type { Bench, BenchContext, Report, Table } from '../support/bench.js';
import { goalsTable } from '../support/goals.js';
import { sharesByFunction, sharesByOwner } from '../support/profile.js';
import { interleave } from '../support/rounds.js';
import { figure, ratio, show } from '../support/statistics.js';
import { fillPast } from './past.js';
import { type Pattern, run as runOnce, type Sample } from './run.js';
import { AGENTS, seat, setStage, type Stage, TEAMS } from './stage.js';
import {
  BUSY,
  findSustained,
  type Found,
  percent,
  type Series,
  SHOWN_WITHIN_MS,
  sustainedTable,
  warmUp,
} from './sustained.js';

const DASHBOARDS = 200;
/** Two of each team. */
const WATCHING = 20;
const SINGLE = 1;
const BATCHED = 100;
const USUAL = 2_000;
const QUIET = 100;
const SEARCH_MS = 26_000;
const TOP = 20;
/** Of the rate that is sustained. */
const PROFILED_AT = 0.9;

export const live: Bench = {
  name: 'live',
  summary: 'from a post to 200 dashboards: the rate that is sustained, against a naive server, and the latency',
  limitMinutes: 15,
  run,
};

const METHOD = [
  `${DASHBOARDS} dashboards, ${DASHBOARDS / TEAMS} on each of ${TEAMS} teams; ${AGENTS.toLocaleString('en')} agents with five conversations each`,
  'Muster: POST /api/v1/interactions with an API key, the full path; dashboards with sessions, one audience a team',
  'naive: Nest on Fastify and socket.io, one HINCRBY for each interaction and one emit to all dashboards; it stores, validates and batches nothing (live/naive.server.ts)',
  'open loop; latency counts from when the post was due until a dashboard shows the interaction: its agent’s count has risen so often',
  `${WATCHING} dashboards, two of each team, decode every frame and check that none is missing; the others only count bytes; both, the poster and each server are processes of their own`,
  `sustained: the greatest rate tried at which p99 is below ${SHOWN_WITHIN_MS} ms and nothing is missing or refused; a search of at most 7 runs or ${SEARCH_MS / 1000} s a round`,
  'with posts of 100 Muster is compared with the naive server’s single posts: it has no use for batches but to send bursts',
  'latency: windows slide at each boundary as if the rate had held for the minute before',
];

async function run(context: BenchContext): Promise<Report> {
  const { rounds, seconds, profile } = context.options;
  const stage = await setStage(context, DASHBOARDS);
  const series = seriesOf(stage);
  context.say('warming up');
  for (const each of series) await warmUp(stage, each);
  const patterns = [
    { rate: QUIET, batch: SINGLE, seconds: 2 * seconds },
    { rate: USUAL, batch: SINGLE, seconds },
  ];
  context.say(`latency, ${rounds} rounds`);
  const latencies = await interleave(patterns, rounds, (pattern) => measureLatency(stage, pattern));
  context.say(`sustained rates, ${rounds} rounds`);
  const found = await interleave(series, rounds, (each) => findSustained(stage, each, seconds));
  const tables = [
    goals(stage, [...found.values()], [...latencies.values()]),
    sustainedTable(`Sustained with p99 below ${SHOWN_WITHIN_MS} ms`, [...found]),
    latencyTable([...latencies]),
  ];
  if (profile) tables.push(...(await profileSingle(context, stage, [...found.values()][1] ?? [])));
  const measurements = {
    sustained: [...found].map(([{ name }, list]) => ({ name, found: list })),
    latency: [...latencies].map(([pattern, samples]) => ({ pattern, samples })),
  };
  return { method: METHOD, tables, measurements };
}

function seriesOf({ naive, muster }: Stage): Series[] {
  const common = { dashboards: DASHBOARDS, watching: WATCHING, searchMs: SEARCH_MS, guess: 0 };
  return [
    { ...common, name: 'naive', subject: naive, batch: SINGLE },
    { ...common, name: 'Muster', subject: muster, batch: SINGLE },
    { ...common, name: `Muster, posts of ${BATCHED}`, subject: muster, batch: BATCHED },
  ];
}

async function measureLatency(stage: Stage, pattern: Pattern): Promise<Sample> {
  await seat(stage, stage.muster, DASHBOARDS, WATCHING);
  await fillPast(stage, pattern.rate, pattern.seconds);
  const sample = await runOnce(stage, stage.muster, pattern);
  await stage.audience.leave();
  return sample;
}

function goals(
  { tickMs }: Stage,
  [naive = [], single = [], batched = []]: Found[][],
  [quiet = [], usual = []]: Sample[][],
) {
  const times = (found: Found[]) => ratio(found.map(rateOf), naive.map(rateOf)).median;
  const late = (samples: Sample[], which: 'p50' | 'p99') =>
    figure(samples.map(({ latencyMs }) => latencyMs[which])).median;
  const at = `at ${USUAL.toLocaleString('en')}/s`;
  return goalsTable([
    { what: 'single posts: sustained ÷ naive', measured: times(single), limit: { atLeast: 20 } },
    { what: `posts of ${BATCHED}: sustained ÷ naive`, measured: times(batched), limit: { atLeast: 100 } },
    { what: `p50 ${at}, in ticks of ${tickMs} ms`, measured: late(usual, 'p50') / tickMs, limit: { atMost: 0.6 } },
    { what: `p99 ${at}, in ticks`, measured: late(usual, 'p99') / tickMs, limit: { atMost: 1.15 } },
    { what: `p99 when quiet, ${QUIET}/s`, measured: late(quiet, 'p99'), limit: { atMost: 15 }, unit: ' ms' },
  ]);
}

function latencyTable(measured: [Pattern, Sample[]][]): Table {
  const shares = BUSY.map(([name]) => name);
  return {
    title: "Muster's latency, from when the post was due to the screens",
    head: ['', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms', 'poster late by, p99 ms', 'missing', 'resyncs', ...shares],
    rows: measured.map(([{ rate }, samples]) => {
      const of = (value: (sample: Sample) => number) => show(figure(samples.map(value)), 1);
      return [
        `${rate.toLocaleString('en')}/s`,
        ...(['p50', 'p90', 'p99', 'max'] as const).map((which) => of(({ latencyMs }) => latencyMs[which])),
        of(({ clientLateness }) => clientLateness),
        of(({ missing }) => missing),
        of(({ resyncs }) => resyncs),
        ...BUSY.map(([, busy]) => percent(figure(samples.map(busy)).median)),
      ];
    }),
  };
}

/** Single posts, near to what is sustained. */
async function profileSingle({ options, say, keep }: BenchContext, stage: Stage, found: Found[]): Promise<Table[]> {
  const rate = Math.round(figure(found.map(rateOf)).median * PROFILED_AT);
  say(`profiling Muster at ${rate}/s`);
  await seat(stage, stage.muster, DASHBOARDS, WATCHING);
  const pattern = { rate, batch: SINGLE, seconds: 2 * options.seconds };
  const taken = await stage.muster.server.profileDuring(() => runOnce(stage, stage.muster, pattern));
  await stage.audience.leave();
  keep('live.cpuprofile', JSON.stringify(taken));
  return Object.entries({ owner: sharesByOwner(taken), function: sharesByFunction(taken) }).map(([by, shares]) => ({
    title: `Muster's CPU time by ${by}, single posts at ${rate.toLocaleString('en')}/s`,
    head: ['', 'share'],
    rows: shares.slice(0, TOP).map(({ name, share }) => [name, `${(share * 100).toFixed(1)} %`]),
  }));
}

function rateOf({ rate }: Found): number {
  return rate;
}
