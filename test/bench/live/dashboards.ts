import { Child } from '../../support/processes/child.js';
import type { Percentiles } from '../support/histogram.js';
import type { Spent, Usage } from '../support/usage.js';
import { spentBetween } from '../support/usage.js';
import type { Traffic } from './traffic.js';

export type Dialect = 'muster' | 'naive';

/** Dashboards to open. */
export interface Seating {
  port: number;
  dialect: Dialect;
  dashboards: { token: string; /** Null: everybody. */ teamId: string | null }[];
  /** All there are. */
  agentIds: string[];
  /** Whether they decode every frame, or only count bytes. */
  watch: boolean;
}

/** A run whose changes dashboards are to show. */
export interface Shown {
  traffic: Traffic;
  /** How many were made of it. */
  posts: number;
  /** Conversation n is of agent n modulo their number. */
  conversations: number;
  agentIds: string[];
  /** When the first interaction was due (`monotonicMs`). */
  startedAtMs: number;
}

export interface Sight {
  /** From when an interaction's post was due until each watching dashboard of its agent showed it. */
  latencyMs: Percentiles;
  /** Interactions that were to be shown, times the dashboards that were to show them. */
  expected: number;
  /** Of those, not shown in time; in the percentiles they count as a minute. */
  missing: number;
  /** How often a dashboard had to subscribe again. */
  resyncs: number;
}

/** Dashboards in a process of their own. */
export class Dashboards {
  private constructor(private readonly child: Child) {}

  static async start(name: string): Promise<Dashboards> {
    const { child } = await Child.start(new URL('./dashboards.process.js', import.meta.url), name, []);
    return new Dashboards(child);
  }

  /** Opens more; resolves when all show their beginning. */
  seat(seating: Seating): Promise<void> {
    return this.child.call('seat', seating);
  }

  /** All go. */
  leave(): Promise<void> {
    return this.child.call('leave');
  }

  /** A run is about to begin. */
  begin(): Promise<void> {
    return this.child.call('begin');
  }

  /** After the run: waits until all is shown, for a while, and sums up. */
  seen(shown: Shown): Promise<Sight> {
    return this.child.call<Sight>('seen', shown);
  }

  /** Resolves when nothing more comes. */
  settle(): Promise<void> {
    return this.child.call('settle');
  }

  /** What each got until now, in the order of their coming. Rejects when one has been closed. */
  bytes(): Promise<number[]> {
    return this.child.call<number[]>('bytes');
  }

  /** Runs `work` and says what this process used meanwhile. */
  async spentDuring<T>(work: () => Promise<T>): Promise<{ result: T; spent: Spent }> {
    const before = await this.child.call<Usage>('usage');
    const result = await work();
    return { result, spent: spentBetween(before, await this.child.call<Usage>('usage')) };
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
