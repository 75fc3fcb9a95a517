/**
 * The floor in a browser: how soon it shows live data, what each frame costs while 2,000 interactions a second come
 * in, and whether its memory stays flat.
 */
import type { Bench, BenchContext, Report } from '../support/bench.js';
import { type Goal, goalsTable } from '../support/goals.js';
import { figure, show } from '../support/statistics.js';
import { FloorWindow, type FrameCost } from './floor-window.js';
import { setConsoleStage } from './stage.js';

const RATE = 2_000;
const BATCH = 100;
const FRAME_MS = 16.7;
const FIRST_PAINT_MS = 1_000;
/** Memory is looked at so often while the floor is open. */
const LOOKS = 6;
const MAX_GROWTH = 1.15;

export const consoleBench: Bench = {
  name: 'console',
  summary: 'the floor in Chromium: first paint, cost of frames, memory',
  limitMinutes: 45,
  run,
};

const METHOD = [
  'one node of the product as it is shipped, 1,000 agents in 10 teams, 5 conversations each; Chromium without a GPU, 1280 × 800, the whole wall in sight',
  'first paint: a new browser profile opens the address, nothing cached; until the frame after the first row of the roster is there',
  'work of a frame: the tasks of the page’s main thread (script, style, layout, paint) by the 16.7 ms in which they begin, from a trace',
  'interval: the times between animation frames, in which what the machine does besides shows, too',
  'memory: the JavaScript heap after a garbage collection, at even times while the interactions come in',
];

async function run(context: BenchContext): Promise<Report> {
  const { options, say } = context;
  const stage = await setConsoleStage(context);
  const paints: number[] = [];
  for (let n = 0; n < options.rounds + 2; n++) paints.push(await stage.window().then(paintOnce));
  say(`first paint: ${show(figure(paints), 0)} ms`);
  const window = await stage.window();
  const seconds = options.seconds * options.rounds * 5;
  const load = stage.report({ rate: RATE, batch: BATCH, seconds: seconds + options.rounds * options.seconds + 20 });
  const frames: FrameCost[] = [];
  for (let n = 0; n < options.rounds; n++) frames.push(await window.frames(options.seconds));
  const heaps: number[] = [];
  for (let n = 0; n < LOOKS; n++) heaps.push(await window.heapAfter((seconds * 1_000) / LOOKS));
  await window.close();
  const { succeeded } = await load;
  say(`${succeeded} posts of ${BATCH} taken`);
  const measurements = { paints, frames, heaps };
  return { method: METHOD, tables: [goalsTable(goals(measurements)), table(measurements, seconds)], measurements };
}

async function paintOnce(window: FloorWindow): Promise<number> {
  const { firstPaintMs } = window;
  await window.close();
  return firstPaintMs;
}

interface Measurements {
  paints: number[];
  frames: FrameCost[];
  heaps: number[];
}

function goals({ paints, frames, heaps }: Measurements): Goal[] {
  const growth = (heaps.at(-1) ?? 0) / (heaps[0] ?? 1);
  return [
    {
      what: 'first paint of live data',
      measured: figure(paints).median,
      limit: { atMost: FIRST_PAINT_MS },
      unit: ' ms',
    },
    {
      what: 'work of a frame, p95',
      measured: figure(of(frames, 'workP95')).median,
      limit: { atMost: FRAME_MS },
      unit: ' ms',
    },
    { what: 'heap at the end ÷ at the beginning', measured: growth, limit: { atMost: MAX_GROWTH } },
  ];
}

function table({ paints, frames, heaps }: Measurements, seconds: number) {
  const mb = (bytes: number) => (bytes / 1_048_576).toFixed(1);
  return {
    title: `The floor, 1,000 agents, ${RATE} interactions/s`,
    head: ['', 'measured'],
    rows: [
      ['first paint of live data, ms', show(figure(paints), 0)],
      ['work of a frame p50, ms', show(figure(of(frames, 'workP50')))],
      ['work of a frame p95, ms', show(figure(of(frames, 'workP95')))],
      ['work of a frame p99, ms', show(figure(of(frames, 'workP99')))],
      ['interval between frames p95, ms', show(figure(of(frames, 'intervalP95')))],
      ['main thread busy', show(figure(of(frames, 'busy')))],
      [`heap, MiB, over ${seconds} s`, heaps.map(mb).join(' → ')],
    ],
  };
}

function of(frames: readonly FrameCost[], member: keyof FrameCost): number[] {
  return frames.map((cost) => cost[member]);
}
