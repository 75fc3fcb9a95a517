import { Child } from '../../support/processes/child.js';
import type { Usage } from './usage.js';

/** Clients to connect and subscribe. */
export interface ViewPlan {
  /** Taken in turn. */
  ports: readonly number[];
  /** One client each. */
  tokens: readonly string[];
  /** What they subscribe to at `/dashboard`; taken in turn. */
  subscriptions: readonly object[];
}

/** What all clients of a process have got until now. */
export interface Seen {
  deltas: number;
  /** Of everything, handshakes and heartbeats included. */
  bytes: number;
  /** Clients that are connected. */
  open: number;
  usage: Usage;
}

/** Dashboards that count what they get and look at none of it, in a process of their own. */
export class Viewers {
  private constructor(private readonly child: Child) {}

  static async start(): Promise<Viewers> {
    const { child } = await Child.start(new URL('./viewers.process.js', import.meta.url), 'viewers', []);
    return new Viewers(child);
  }

  /** Resolves when all have their snapshot; rejects when anybody was refused. */
  async open(plan: ViewPlan): Promise<void> {
    await this.child.call('open', plan);
  }

  seen(): Promise<Seen> {
    return this.child.call<Seen>('seen');
  }

  /** Disconnects all. */
  async close(): Promise<void> {
    await this.child.call('close');
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
