import { Child } from '../../support/processes/child.js';
import type { Spent } from '../support/usage.js';

export interface ConnectPlan {
  port: number;
  namespace: string;
  /** Taken in turn. */
  tokens: string[];
  /** So many connect at the same time. */
  lanes: number;
  seconds: number;
}

export interface ConnectResult {
  connected: number;
  perSecond: number;
  /** What the client used. */
  spent: Spent;
}

/** A client that only connects, in a process of its own. */
export class Connector {
  private constructor(private readonly child: Child) {}

  static async start(): Promise<Connector> {
    const { child } = await Child.start(new URL('./connect.process.js', import.meta.url), 'connector', []);
    return new Connector(child);
  }

  /** Rejects when anybody was refused. */
  run(plan: ConnectPlan): Promise<ConnectResult> {
    return this.child.call<ConnectResult>('run', plan);
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
