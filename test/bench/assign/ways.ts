import { Child } from '../../support/processes/child.js';
import type { Percentiles } from '../support/histogram.js';
import type { Spent } from '../support/usage.js';

/** A conversation and who is to get it. */
export interface Wish {
  conversationId: string;
  agentId: string;
}

/** Wishes to be asked for by so many at a time, each of whom asks for the next one when answered. */
export interface AssignPlan {
  wishes: readonly Wish[];
  clients: number;
  /** Over HTTP, or as statements to PostgreSQL. */
  target: { port: number; apiKey: string } | { databaseUrl: string };
}

export interface AssignResult {
  assigned: number;
  /** For want of room. */
  refused: number;
  /** Answers, whatever they were. */
  perSecond: number;
  latencyMs: Percentiles;
  spent: Spent;
}

/** Changes that are made one by one while somebody keeps the list of assignable agents. */
export interface WatchPlan {
  port: number;
  apiKey: string;
  wishes: readonly Wish[];
}

export interface WatchResult {
  /** From the sending of a change until the list's frame with it is here. */
  latencyMs: Percentiles;
  /** Of a frame. */
  bytesEach: number;
}

/** Clients in a process of their own. */
export class Clients {
  private constructor(private readonly child: Child) {}

  static async start(): Promise<Clients> {
    const { child } = await Child.start(new URL('./clients.process.js', import.meta.url), 'clients', []);
    return new Clients(child);
  }

  assign(plan: AssignPlan): Promise<AssignResult> {
    return this.child.call<AssignResult>('assign', plan);
  }

  watch(plan: WatchPlan): Promise<WatchResult> {
    return this.child.call<WatchResult>('watch', plan);
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
