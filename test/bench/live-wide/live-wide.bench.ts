/** Whether more dashboards cost ingest: what a node sustains with 200 of them and with 1,000. */
import type { Bench, BenchContext, Report } from '../support/bench.js';
import { goalsTable } from '../support/goals.js';
import { interleave } from '../support/rounds.js';
import { ratio } from '../support/statistics.js';
import { AGENTS, setStage, type Subject, TEAMS } from '../live/stage.js';
import { findSustained, type Found, type Series, SHOWN_WITHIN_MS, sustainedTable, warmUp } from '../live/sustained.js';

const NARROW = 200;
const WIDE = 1_000;
/** Two of each team. */
const WATCHING = 20;
const KINDS = [
  { batch: 1, name: 'single posts' },
  { batch: 100, name: 'posts of 100' },
];
const SEARCH_MS = 20_000;
/** Ingest may fall by 10 %. */
const AT_LEAST = 0.9;

export const liveWide: Bench = {
  name: 'live-wide',
  summary: 'what ingest sustains with 200 and with 1,000 dashboards',
  limitMinutes: 15,
  run,
};

const METHOD = [
  `as in live: Muster, ${TEAMS} teams, ${AGENTS.toLocaleString('en')} agents; ${NARROW} dashboards and ${WIDE.toLocaleString('en')}, as many on each team, by turns on one node`,
  `sustained: the greatest rate tried at which p99 from a post to the screens is below ${SHOWN_WITHIN_MS} ms`,
  `${WATCHING} dashboards, two of each team, decode every frame; the others only count bytes`,
];

async function run(context: BenchContext): Promise<Report> {
  const { rounds, seconds } = context.options;
  const stage = await setStage(context, WIDE);
  const kinds = KINDS.map(
    (kind) => [seriesOf(stage.muster, kind, NARROW), seriesOf(stage.muster, kind, WIDE)] as const,
  );
  context.say('warming up');
  for (const series of kinds.flat()) await warmUp(stage, series);
  context.say(`${rounds} rounds`);
  const found = await interleave(kinds.flat(), rounds, (series) => findSustained(stage, series, seconds));
  const rates = (series: Series) => (found.get(series) ?? []).map(({ rate }) => rate);
  const goals = kinds.map(([narrow, wide], n) => ({
    what: `${KINDS[n]?.name}: sustained with ${WIDE.toLocaleString('en')} dashboards ÷ with ${NARROW}`,
    measured: ratio(rates(wide), rates(narrow)).median,
    limit: { atLeast: AT_LEAST },
  }));
  const measured = (series: Series): [Series, Found[]] => [series, found.get(series) ?? []];
  const tables = kinds.map((pair, n) => sustainedTable(`Sustained, ${KINDS[n]?.name}`, pair.map(measured)));
  const measurements = [...found].map(([{ name }, list]) => ({ name, found: list }));
  return { method: METHOD, tables: [goalsTable(goals), ...tables], measurements };
}

function seriesOf(subject: Subject, { batch, name }: (typeof KINDS)[number], dashboards: number): Series {
  const shown = `${dashboards.toLocaleString('en')} dashboards, ${name}`;
  return { name: shown, subject, batch, dashboards, watching: WATCHING, searchMs: SEARCH_MS, guess: 0 };
}
