/**
 * An awake dashboard on each node, and an interaction now and then: how long it takes until it is shown. What somebody
 * feels who sits beside the sleepers.
 */
import { connectDashboard, type DashboardConnection, type LiveRoster, MusterApi } from '#client';
import { randomUUID } from 'node:crypto';
import type { Floor, FloorAgent } from '../live/floor.js';
import { pause } from '../resync/office.js';

const EVERY_MS = 250;
const WITHIN_MS = 20_000;

export class Probe {
  private readonly screens: { api: MusterApi; connection: DashboardConnection; roster: LiveRoster }[];
  private readonly delays: { at: number; ms: number }[] = [];
  private isOver = false;
  private running: Promise<void> = Promise.resolve();

  /** `agent` is reported for by nobody else. */
  constructor(
    private readonly agent: FloorAgent,
    { key }: Floor,
    urls: readonly string[],
  ) {
    this.screens = urls.map((url) => {
      const api = new MusterApi({ url, token: key });
      const connection = connectDashboard(api);
      return { api, connection, roster: connection.roster({ agentIds: [agent.id] }) };
    });
  }

  async start(): Promise<void> {
    for (const { roster } of this.screens) await roster.until(({ status }) => status === 'live', WITHIN_MS);
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
    for (const { connection } of this.screens) connection.close();
  }

  /** The delays of what was posted between two moments, least first. */
  between(from: number, to: number): number[] {
    return this.delays
      .filter(({ at }) => at >= from && at < to)
      .map(({ ms }) => ms)
      .toSorted((a, b) => a - b);
  }

  private async run(): Promise<void> {
    for (let turn = 0; !this.isOver; turn++) {
      const poster = this.screens[turn % this.screens.length];
      const viewer = this.screens[(turn + 1) % this.screens.length];
      if (poster && viewer) await this.measure(poster.api, viewer.roster);
      await pause(EVERY_MS);
    }
  }

  private async measure(api: MusterApi, roster: LiveRoster): Promise<void> {
    const before = this.count(roster);
    const { id, conversationId } = this.agent;
    const at = performance.now();
    const shown = roster.until(() => this.count(roster) > before, WITHIN_MS);
    const now = new Date().toISOString();
    await api.interactions.report([{ id: randomUUID(), conversationId, agentId: id, direction: 'inbound', at: now }]);
    await shown.catch(() => undefined);
    this.delays.push({ at, ms: performance.now() - at });
  }

  /** In the last hour, which is longer than this runs: it only grows. */
  private count(roster: LiveRoster): number {
    return roster.current.view?.rows.get(this.agent.id)?.density.h1 ?? 0;
  }
}
