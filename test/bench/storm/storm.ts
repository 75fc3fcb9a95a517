import { Child } from '../../support/processes/child.js';

export interface StormPlan {
  port: number;
  /** A socket for each. */
  tokens: string[];
}

export interface Arrival {
  connected: number;
  /** How often somebody was, and came again. */
  refused: number;
  /** What the first who was refused was told. */
  refusal: string | null;
  /** Until the last was connected. */
  lastMs: number;
}

/** Clients that all come at once, in a process of their own. */
export class Storm {
  private constructor(private readonly child: Child) {}

  static async start(): Promise<Storm> {
    const { child } = await Child.start(new URL('./storm.process.js', import.meta.url), 'storm', []);
    return new Storm(child);
  }

  come(plan: StormPlan): Promise<Arrival> {
    return this.child.call<Arrival>('come', plan);
  }

  leave(): Promise<void> {
    return this.child.call<void>('leave');
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
