/** The greatest rate at which what was posted is on the dashboards in time. */
import type { Table } from '../support/bench.js';
import { figure, ratio, show } from '../support/statistics.js';
import { run, type Sample, saturate } from './run.js';
import { type Attempt, best, search } from './search.js';
import { seat, type Stage, type Subject } from './stage.js';

export const SHOWN_WITHIN_MS = 250;
/** Of what a server takes when each connection sends again at once, about so much is sustained. */
const OF_SATURATION = 0.6;
const WARM_UP_SECONDS = 3;
const MOST_ATTEMPTS = 7;

/** What is searched the limit of. */
export interface Series {
  name: string;
  subject: Subject;
  batch: number;
  dashboards: number;
  watching: number;
  /** After which a search begins no other attempt. */
  searchMs: number;
  /** Where the next search begins. */
  guess: number;
}

/** What one search found. */
export interface Found {
  /** 0: nothing it tried was sustained. */
  rate: number;
  /** At that rate. */
  sample: Sample | null;
  attempts: Attempt<Sample>[];
}

/** Warms the subject up, and finds where to begin. */
export async function warmUp(stage: Stage, series: Series): Promise<void> {
  const { subject, batch } = series;
  await seat(stage, subject, series.dashboards, series.watching);
  series.guess = OF_SATURATION * (await saturate(stage, subject, batch, WARM_UP_SECONDS));
  await stage.audience.leave();
}

/** Opens the dashboards, searches, closes them. */
export async function findSustained(stage: Stage, series: Series, seconds: number): Promise<Found> {
  const { subject, batch } = series;
  await seat(stage, subject, series.dashboards, series.watching);
  const attempts = await search<Sample>({
    guess: series.guess,
    most: MOST_ATTEMPTS,
    until: performance.now() + series.searchMs,
    attempt: async (rate) => {
      const sample = await run(stage, subject, { rate, batch, seconds });
      return { rate, holds: isInTime(sample), sample };
    },
  });
  await stage.audience.leave();
  const found = best(attempts);
  series.guess = found?.rate ?? Math.min(...attempts.map(({ rate }) => rate)) / 2;
  return { rate: found?.rate ?? 0, sample: found?.sample ?? null, attempts };
}

/** A row for each series; the first is what the others are compared with. */
export function sustainedTable(title: string, found: readonly (readonly [Series, readonly Found[]])[]): Table {
  const base = found[0]?.[1].map(({ rate }) => rate) ?? [];
  const head = ['', 'interactions/s', '÷ first', 'p99 ms', 'server CPU µs each', ...BUSY.map(([name]) => name)];
  const rows = found.map(([{ name }, list]) => {
    const rates = list.map(({ rate }) => rate);
    const samples = list.flatMap(({ sample }) => sample ?? []);
    const of = (value: (sample: Sample) => number, digits: number) => show(figure(samples.map(value)), digits);
    return [
      name,
      show(figure(rates), 0),
      show(ratio(rates, base), 1),
      of(({ latencyMs }) => latencyMs.p99, 0),
      of(({ cpuUsPerInteraction }) => cpuUsPerInteraction, 0),
      ...BUSY.map(([, busy]) => percent(figure(samples.map(busy)).median)),
    ];
  });
  return { title, head, rows };
}

/** How busy everybody was. */
export const BUSY: readonly (readonly [string, (sample: Sample) => number])[] = [
  ['server busy', ({ serverBusy }) => serverBusy],
  ['watchers', ({ watchersBusy }) => watchersBusy],
  ['crowd', ({ crowdBusy }) => crowdBusy],
  ['poster', ({ clientBusy }) => clientBusy],
  ['machine', ({ machineBusy }) => machineBusy],
];

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function isInTime({ failure, missing, expected, latencyMs }: Sample): boolean {
  return failure === null && missing === 0 && expected > 0 && latencyMs.p99 < SHOWN_WITHIN_MS;
}
