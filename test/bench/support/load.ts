import { Child } from '../../support/processes/child.js';
import type { Percentiles } from './histogram.js';
import { type Spent } from './usage.js';

export type Headers = Record<string, string>;

/** Requests to send. */
export interface LoadPlan {
  /** Several: connections go to them in turn. */
  port: number | readonly number[];
  method: 'GET' | 'POST';
  /** Several: requests take them in turn. */
  path: string | readonly string[];
  /** Several: requests take them in turn. */
  headers: Headers | readonly Headers[];
  /** Makes the bodies: a module that exports `createSource(options): BodySource`. */
  source?: { module: string; options: unknown };
  /** At most so many requests are on their way. */
  connections: number;
  seconds: number;
  /**
   * Requests a second, sent at even times whatever the server does; latency counts from the time a request was due.
   * Absent: each connection sends its next request when it has the answer, which finds the highest throughput.
   */
  rate?: number;
  /** Seconds of requests that may be due and unsent before the server counts as overloaded; 5 unless told. */
  maxBacklogSeconds?: number;
}

/** Called for each request; its body. */
export type BodySource = () => string;

export interface SourceModule<Options = unknown> {
  createSource(options: Options): BodySource;
}

export interface LoadResult {
  /** Answered with 2xx. */
  succeeded: number;
  /** By status; 0: no answer. */
  failed: Record<string, number>;
  /** The first failure's answer. */
  failure: string | null;
  /** When the first request was due, by the clock that all processes share (`monotonicMs`). */
  startedAtMs: number;
  /** From the first request to the last answer. */
  elapsedMs: number;
  perSecond: number;
  latencyMs: Percentiles;
  /** How late requests were sent although a connection was free: what the generator itself adds to the latency. */
  latenessMs: Percentiles;
  /** What the generator used. */
  spent: Spent;
}

/** A load generator in a process of its own. */
export class LoadGenerator {
  private constructor(private readonly child: Child) {}

  static async start(): Promise<LoadGenerator> {
    const { child } = await Child.start(new URL('./load.process.js', import.meta.url), 'load generator', []);
    return new LoadGenerator(child);
  }

  /** Runs the plan to its end. Rejects when anything failed: a figure of refused requests means nothing. */
  async run(plan: LoadPlan): Promise<LoadResult> {
    const result = await this.attempt(plan);
    if (result.failure === null) return result;
    throw new Error(`requests failed (${JSON.stringify(result.failed)}): ${result.failure}`);
  }

  /** Runs the plan as far as it goes; what failed is in the result. */
  attempt(plan: LoadPlan): Promise<LoadResult> {
    return this.child.call<LoadResult>('run', plan);
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
