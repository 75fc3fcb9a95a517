/** One browser window on the floor, and what it costs. */
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import type { Seat } from '../support/sessions.js';
import { type TraceEvent, workByFrame } from './trace.js';

export interface FrameCost {
  /** Milliseconds of the main thread. */
  workP50: number;
  workP95: number;
  workP99: number;
  /** Milliseconds between animation frames. */
  intervalP95: number;
  /** The share of time in which the main thread worked. */
  busy: number;
}

const FRAME_MS = 1_000 / 60;
/** Before the access token ends. */
const RENEWED_AFTER_MS = 600_000;
const CATEGORIES = ['disabled-by-default-devtools.timeline', 'devtools.timeline', '__metadata'];

/** Resolves when the first row of the roster is there and has been painted, with when that was. */
const WATCH = `window.firstPaint = new Promise((resolve) => {
  const look = () => document.querySelector('table tbody th')
    ? requestAnimationFrame(() => resolve(performance.now()))
    : requestAnimationFrame(look);
  look();
})`;
/** The times between animation frames, for so many milliseconds. */
const INTERVALS = (ms: number) => `new Promise((resolve) => {
  const intervals = [];
  let before = performance.now();
  const end = before + ${ms};
  const next = (now) => {
    intervals.push(now - before);
    before = now;
    if (now < end) requestAnimationFrame(next);
    else resolve(intervals);
  };
  requestAnimationFrame(next);
})`;

export class FloorWindow {
  private constructor(
    private readonly browser: Browser,
    private readonly context: BrowserContext,
    private readonly page: Page,
    private readonly devtools: CDPSession,
    /** From the navigation's begin, in milliseconds. */
    readonly firstPaintMs: number,
  ) {}

  /** A new profile, signed in by a session of its own, at the floor that shows live data. */
  static async open(browser: Browser, url: string, { token, refreshToken }: Seat): Promise<FloorWindow> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const session = JSON.stringify({ accessToken: token, refreshToken, renewAt: Date.now() + RENEWED_AFTER_MS });
    await context.addInitScript(`localStorage['muster.session'] ??= '${session}';`);
    await context.addInitScript(WATCH);
    const page = await context.newPage();
    await page.goto(`${url}/console/floor`);
    const firstPaintMs = await page.evaluate<number>('window.firstPaint');
    const devtools = await context.newCDPSession(page);
    return new FloorWindow(browser, context, page, devtools, firstPaintMs);
  }

  /** What the frames of the next seconds cost. */
  async frames(seconds: number): Promise<FrameCost> {
    const intervals = await this.page.evaluate<number[]>(INTERVALS(seconds * 1_000));
    await this.browser.startTracing(this.page, { categories: CATEGORIES, screenshots: false });
    await this.page.waitForTimeout(seconds * 1_000);
    const trace = JSON.parse((await this.browser.stopTracing()).toString('utf8')) as { traceEvents: TraceEvent[] };
    const work = workByFrame(trace.traceEvents, FRAME_MS);
    const busy = work.reduce((sum, ms) => sum + ms, 0) / (work.length * FRAME_MS);
    return {
      workP50: percentile(work, 0.5),
      workP95: percentile(work, 0.95),
      workP99: percentile(work, 0.99),
      intervalP95: percentile(intervals, 0.95),
      busy,
    };
  }

  /** Bytes of the JavaScript heap that are in use after so long, without what nobody needs any more. */
  async heapAfter(ms: number): Promise<number> {
    await this.page.waitForTimeout(ms);
    await this.devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await this.devtools.send('Runtime.getHeapUsage');
    return usedSize;
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
