/** What a dashboard costs its line: bytes a second at two rates, against a server that sends every interaction. */
import type { Bench, BenchContext, Report, Table } from '../support/bench.js';
import { goalsTable } from '../support/goals.js';
import { interleave } from '../support/rounds.js';
import { figure, ratio, show } from '../support/statistics.js';
import { fillPast } from '../live/past.js';
import { type Pattern, run as runOnce, type Sample } from '../live/run.js';
import { AGENTS, setStage, type Stage, type Subject, TEAMS } from '../live/stage.js';
import { SHOWN_WITHIN_MS } from '../live/sustained.js';

/** Of Muster: one on each team, one on everybody. */
const ON_TEAMS = TEAMS;
const DASHBOARDS = ON_TEAMS + 1;
/** Of the naive server: all get the same, and it could not send it to many. */
const NAIVE_DASHBOARDS = 2;
/** Seconds that the slower one may fall behind by: it is to send everything, not to be in time. */
const PATIENCE = 30;
/** Windows slide every five seconds: a run has two or more of those. */
const LEAST_SECONDS = 10;
const RATES = [
  { rate: 500, batch: 1, atMost: 1 / 5 },
  { rate: 5_000, batch: 100, atMost: 1 / 8 },
];

export const bytes: Bench = {
  name: 'bytes',
  summary: 'KB a second that a dashboard receives, against an event for each interaction',
  limitMinutes: 10,
  run,
};

const METHOD = [
  `${AGENTS.toLocaleString('en')} agents in ${TEAMS} teams; one dashboard on each and one on the whole workspace; the naive server sends everything to everybody, as in live, here to ${NAIVE_DASHBOARDS}`,
  'single posts at 500/s, posts of 100 at 5,000/s, for both',
  'payload of TCP, WebSocket headers and heartbeats included, until the last interaction is shown, ÷ the seconds of posting',
  'windows slide at each boundary as if the rate had held for the minute before',
  'goals are of dashboards on a team; those on the whole workspace are shown beside',
];

/** One rate on one server. */
interface Cell {
  subject: Subject;
  pattern: Pattern;
}

async function run(context: BenchContext): Promise<Report> {
  const { rounds } = context.options;
  const seconds = Math.max(LEAST_SECONDS, context.options.seconds);
  const stage = await setStage(context, DASHBOARDS);
  const pairs = RATES.map(({ rate, batch }): [Cell, Cell] => {
    const pattern = { rate, batch, seconds, patience: PATIENCE };
    return [
      { subject: stage.naive, pattern },
      { subject: stage.muster, pattern },
    ] as const;
  });
  context.say('warming up');
  for (const { subject, pattern } of pairs.flat())
    await measure(stage, { subject, pattern: { ...pattern, seconds: 2 } });
  context.say(`${rounds} rounds`);
  const measured = await interleave(pairs.flat(), rounds, (cell) => measure(stage, cell));
  const of = (cell: Cell) => measured.get(cell) ?? [];
  const goals = pairs.flatMap(([naive, muster], n) => {
    const at = `at ${naive.pattern.rate.toLocaleString('en')}/s`;
    const times = ratio(of(muster).map(onTeam), of(naive).map(onTeam)).median;
    const p99 = figure(of(muster).map(({ latencyMs }) => latencyMs.p99)).median;
    return [
      {
        what: `KB/s of a dashboard on a team ÷ naive, ${at}`,
        measured: times,
        limit: { atMost: RATES[n]?.atMost ?? 0 },
      },
      {
        what: `Muster's p99 to the screens ${at} (else what is late is sent together)`,
        measured: p99,
        limit: { atMost: SHOWN_WITHIN_MS },
        unit: ' ms',
      },
    ];
  });
  const tables = [goalsTable(goals), ...pairs.map(([naive, muster]) => table(naive.pattern, of(naive), of(muster)))];
  const measurements = [...measured].map(([{ subject, pattern }, samples]) => {
    return { subject: subject.name, pattern, samples };
  });
  return { method: METHOD, tables, measurements };
}

/** A run, with what each dashboard got in KB a second. */
async function measure(stage: Stage, { subject, pattern }: Cell): Promise<Measured> {
  const { audience, floor, agentIds } = stage;
  const tokens = subject === stage.naive ? subject.tokens.slice(0, NAIVE_DASHBOARDS) : subject.tokens;
  const dashboards = tokens.map((token, n) => {
    return { token, teamId: n < ON_TEAMS ? (floor.teams[n % TEAMS] ?? null) : null };
  });
  const { port } = subject.server;
  await audience.seat({ port, dialect: subject.dialect, dashboards, agentIds }, DASHBOARDS);
  if (subject === stage.muster) await fillPast(stage, pattern.rate, pattern.seconds);
  const sample = await runOnce(stage, subject, pattern);
  await audience.leave();
  if (sample.failure !== null) throw new Error(`${subject.name} did not take ${pattern.rate}/s: ${sample.failure}`);
  return { ...sample, kbPerSecond: sample.bytes.map((count) => count / 1000 / pattern.seconds) };
}

interface Measured extends Sample {
  kbPerSecond: number[];
}

function table({ rate }: Pattern, naive: Measured[], muster: Measured[]): Table {
  const row = (name: string, samples: Measured[], kb: (sample: Measured) => number) => [
    name,
    show(figure(samples.map(kb)), 1),
    show(ratio(samples.map(kb), naive.map(onTeam)), 3),
    show(figure(samples.map(({ latencyMs }) => latencyMs.p99)), 0),
    show(figure(samples.map(({ missing }) => missing)), 0),
    show(figure(samples.map(({ resyncs }) => resyncs)), 0),
    `${Math.round(figure(samples.map(({ machineBusy }) => machineBusy)).median * 100)} %`,
  ];
  return {
    title: `${rate.toLocaleString('en')} interactions/s`,
    head: ['', 'KB/s a dashboard', '÷ naive', 'p99 to the screens, ms', 'missing', 'resyncs', 'machine busy'],
    rows: [
      row('naive', naive, onTeam),
      row('Muster, on a team', muster, onTeam),
      row('Muster, on the whole workspace', muster, onEverybody),
    ],
  };
}

function onTeam({ kbPerSecond }: Measured): number {
  return figure(kbPerSecond.slice(0, ON_TEAMS)).median;
}

function onEverybody({ kbPerSecond }: Measured): number {
  return figure(kbPerSecond.slice(ON_TEAMS)).median;
}
