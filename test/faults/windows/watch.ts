import { connectDashboard, type DashboardConnection, type LiveRoster, MusterApi } from '#client';
import type { Random } from '../access/random.js';
import type { Floor } from '../live/floor.js';
import type { Reporter } from '../live/reporter.js';
import { pause } from '../resync/office.js';
import { type Bounds, complaintsAbout, type Shown } from './oracle.js';

/** A view that calls itself live was heard of less than this long ago. */
const LIVE_MS = 10_000;
const EVERY_MS = 100;

interface Screen {
  name: string;
  api: MusterApi;
  connection: DashboardConnection;
  roster: LiveRoster;
}

/** Looks at what every node shows, by HTTP and by a delta client, and holds it against the oracle. */
export class Watch {
  readonly looks = { http: 0, live: 0, stale: 0 };
  readonly complaints: string[] = [];
  private readonly screens: Screen[];
  private isClosed = false;

  constructor(
    private readonly floor: Floor,
    private readonly reporter: Reporter,
    urls: readonly string[],
  ) {
    this.screens = urls.map((url, index) => {
      const api = new MusterApi({ url, token: floor.key, retries: 0, timeoutMs: 9_000 });
      const connection = connectDashboard(api);
      return { name: `node-${index}`, api, connection, roster: connection.roster() };
    });
  }

  /** At random moments, also while a node is away: then it shows nothing, which is no lie. */
  async lookUntil(isOver: () => boolean, random: Random, everyMs: number): Promise<void> {
    while (!this.isClosed && !isOver()) {
      const screen = random.pick(this.screens);
      if (random.chance(0.5)) await this.lookByHttp(screen);
      else this.lookAtView(screen);
      await pause(random.between(0.2, 1) * everyMs);
    }
  }

  /** Until every node and every view shows exactly what was taken. */
  async untilExact(withinMs: number): Promise<{ ms: number; complaints: string[] }> {
    const from = performance.now();
    for (;;) {
      const complaints = await this.inexact();
      const ms = Math.round(performance.now() - from);
      if (complaints.length === 0 || ms > withinMs) return { ms, complaints };
      await pause(EVERY_MS);
    }
  }

  close(): void {
    this.isClosed = true;
    for (const { connection } of this.screens) connection.close();
  }

  private async lookByHttp({ name, api }: Screen): Promise<void> {
    const takenBefore = performance.now();
    const shown = await api.dashboard.roster().catch(() => null);
    if (!shown) return;
    this.looks.http++;
    this.judge(`${name} by HTTP`, shown, { takenBefore, sentBefore: performance.now() });
  }

  private lookAtView({ name, roster }: Screen): void {
    const shown = shownBy(roster);
    if (!shown) return void this.looks.stale++;
    this.looks.live++;
    const now = performance.now();
    this.judge(`${name} live`, shown, { takenBefore: now - LIVE_MS, sentBefore: now });
  }

  private async inexact(): Promise<string[]> {
    const bounds = { takenBefore: Infinity, sentBefore: Infinity };
    const complaints: string[] = [];
    for (const { name, api, roster } of this.screens) {
      const views = [
        [`${name} by HTTP`, await api.dashboard.roster().catch(() => null)],
        [`${name} live`, shownBy(roster)],
      ] as const;
      for (const [what, shown] of views) {
        if (!shown) complaints.push(`${what} shows nothing`);
        else complaints.push(...this.about(shown, bounds).map((line) => `${what}: ${line}`));
      }
    }
    return complaints;
  }

  private judge(what: string, shown: Shown, bounds: Bounds): void {
    for (const line of this.about(shown, bounds)) this.complaints.push(`${what}, as of ${shown.asOf}: ${line}`);
  }

  private about(shown: Shown, bounds: Bounds): string[] {
    return complaintsAbout(shown, this.reporter.all, this.floor, bounds);
  }
}

function shownBy(roster: LiveRoster): Shown | null {
  const { status, view } = roster.current;
  if (status !== 'live' || !view) return null;
  return { asOf: view.asOf, rows: [...view.rows.values()], teams: [...view.teams.values()] };
}
