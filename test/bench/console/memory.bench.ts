/** Whether the floor's memory stays flat while it is left open: a long look, apart from what frames cost. */
import type { Bench, BenchContext, Report } from '../support/bench.js';
import { goalsTable } from '../support/goals.js';
import { slopeOf } from './slope.js';
import { setConsoleStage } from './stage.js';

const RATE = 500;
const BATCH = 50;
const LOOKS = 11;
/** The first looks are at a page whose caches are still being filled. */
const WARM_LOOKS = 1;
/** What half an hour may add. */
const MOST_MIB_IN_30_MINUTES = 2;
const MIB = 1_048_576;

export const consoleMemory: Bench = {
  name: 'console-memory',
  summary: 'the floor in Chromium, left open: memory over 150 × --seconds, ten minutes',
  limitMinutes: 40,
  run,
};

const METHOD = [
  'one node of the product as it is shipped, 1,000 agents in 10 teams, 5 conversations each; Chromium without a GPU, 1280 × 800, the whole wall in sight; 150 × --seconds long, ten minutes by default',
  'each number is the JavaScript heap after a forced garbage collection, at even times, interactions coming in all the while',
  'slope: the least-squares line through all looks but the first, times 30 minutes',
];

async function run(context: BenchContext): Promise<Report> {
  const seconds = context.options.seconds * 150;
  const stage = await setConsoleStage(context);
  const window = await stage.window();
  const load = stage.report({ rate: RATE, batch: BATCH, seconds: seconds + 5 });
  const everySeconds = seconds / (LOOKS - 1);
  const heaps = [await window.heapAfter(5_000)];
  for (let n = 1; n < LOOKS; n++) {
    heaps.push(await window.heapAfter(everySeconds * 1_000));
    context.say(`${((n * everySeconds) / 60).toFixed(1)} min: ${mib(heaps.at(-1) ?? 0)} MiB`);
  }
  await window.close();
  const { succeeded } = await load;
  context.say(`${succeeded} posts of ${BATCH} taken`);
  const perMinute = slopeOf(heaps.slice(WARM_LOOKS)) * (60 / everySeconds);
  const in30 = (perMinute * 30) / MIB;
  const limit = { atMost: MOST_MIB_IN_30_MINUTES };
  const goals = [{ what: 'slope of the heap, MiB in 30 minutes', measured: in30, limit, unit: ' MiB' }];
  const table = {
    title: `The floor left open for ${Math.round(seconds / 60)} minutes, 1,000 agents, ${RATE} interactions/s`,
    head: ['', 'heap, MiB'],
    rows: [
      ['beginning', mib(heaps[0] ?? 0)],
      ['middle', mib(heaps[Math.floor(LOOKS / 2)] ?? 0)],
      ['end', mib(heaps.at(-1) ?? 0)],
      ['slope, MiB a minute', (perMinute / MIB).toFixed(4)],
      ['every look', heaps.map(mib).join(' → ')],
    ],
  };
  return { method: METHOD, tables: [goalsTable(goals), table], measurements: { heaps, perMinute } };
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(2);
}
