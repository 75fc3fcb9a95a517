/** What the nodes say of themselves at /metrics. */
import { pause } from '../resync/office.js';

const EVERY_MS = 500;

export interface Reading {
  /** Of each node, in MB. */
  rss: number[];
  /** Of all nodes: rosters read whole from PostgreSQL, since they started. */
  loads: number;
}

export class Meters {
  private peaks: number[] = [];
  private isOver = false;

  constructor(private readonly urls: readonly string[]) {}

  async read(): Promise<Reading> {
    const texts = await Promise.all(this.urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
    const of = (name: string) =>
      texts.map((text) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN));
    const rss = of('process_resident_memory_bytes').map((bytes) => Math.round(bytes / 2 ** 20));
    return { rss, loads: of('muster_roster_loads_total').reduce((sum, each) => sum + each, 0) };
  }

  /** The most that each node held from now on, in MB; ends with `finish`. */
  async watch(): Promise<void> {
    while (!this.isOver) {
      const { rss } = await this.read();
      this.peaks = rss.map((mb, index) => Math.max(mb, this.peaks[index] ?? 0));
      await pause(EVERY_MS);
    }
  }

  finish(): number[] {
    this.isOver = true;
    return this.peaks;
  }
}
