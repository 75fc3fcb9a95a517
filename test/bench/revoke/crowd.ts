import { Child } from '../../support/processes/child.js';
import type { Owned } from './sends.js';

export interface Guest {
  agentId: string;
  token: string;
}

/** What an agent got out of the product while they were leaving or being sent away. */
export interface Departure {
  /** Requests that succeeded: when the last of them was begun; 0: none. */
  lastSuccessBegun: number;
  /** Sockets still open a second after the reply. */
  stillOpen: number;
  /** Whether a new socket was accepted after the reply. */
  readmitted: boolean;
  connections: Owned[];
}

/** The people of the benchmark, in a process of their own: each with sockets on every node. */
export class Crowd {
  private constructor(private readonly child: Child) {}

  static async start(): Promise<Crowd> {
    const { child } = await Child.start(new URL('./crowd.process.js', import.meta.url), 'crowd', []);
    return new Crowd(child);
  }

  /** Connects and subscribes their sockets, `each` in number, on the nodes in turn. */
  seat(guests: Guest[], ports: number[], each: number): Promise<void> {
    return this.child.call('seat', { guests, ports, each });
  }

  /** Has the agent ask for `GET /me` on those nodes, again and again. */
  pester(agentId: string, ports: number[]): Promise<void> {
    return this.child.call('pester', { agentId, ports });
  }

  /** Their sockets leave by themselves. */
  leave(agentId: string): Promise<void> {
    return this.child.call('leave', { agentId });
  }

  /** A second later: what they got. `reconnectTo` names a node that must not take them any more. */
  farewell(agentId: string, reconnectTo: number | null): Promise<Departure> {
    return this.child.call('farewell', { agentId, reconnectTo });
  }

  /** Sockets that are open now. */
  open(): Promise<number> {
    return this.child.call('open');
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
