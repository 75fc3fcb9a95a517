import type { Spent } from '../support/usage.js';
import { Dashboards, type Seating, type Shown, type Sight } from './dashboards.js';

/** What the clients used. */
export interface AudienceSpent {
  watchers: Spent;
  crowd: Spent;
}

/** Those in front of the dashboards: some watch and tell how late they see, the crowd only takes what it gets. */
export class Audience {
  private constructor(
    private readonly watchers: Dashboards,
    private readonly crowd: Dashboards,
  ) {}

  static async start(): Promise<Audience> {
    return new Audience(await Dashboards.start('watchers'), await Dashboards.start('crowd'));
  }

  /** The first `watching` of the dashboards watch. Resolves when all show their beginning. */
  async seat(seating: Omit<Seating, 'watch'>, watching: number): Promise<void> {
    const { dashboards, ...common } = seating;
    await this.watchers.seat({ ...common, dashboards: dashboards.slice(0, watching), watch: true });
    await this.crowd.seat({ ...common, dashboards: dashboards.slice(watching), watch: false });
  }

  async leave(): Promise<void> {
    await Promise.all([this.watchers.leave(), this.crowd.leave()]);
  }

  /** Runs `work`, while the watchers note when they see what. */
  async during<T>(work: () => Promise<T>): Promise<{ result: T; spent: AudienceSpent }> {
    await this.watchers.begin();
    const { result, spent: crowd } = await this.crowd.spentDuring(() => this.watchers.spentDuring(work));
    return { result: result.result, spent: { watchers: result.spent, crowd } };
  }

  /** What the watchers saw of the run; waits for it, for a while. */
  seen(shown: Shown): Promise<Sight> {
    return this.watchers.seen(shown);
  }

  /** Resolves when the watchers see nothing more. */
  settle(): Promise<void> {
    return this.watchers.settle();
  }

  /** What each dashboard got until now, in their order. Rejects when one has been sent away. */
  async bytes(): Promise<number[]> {
    return [...(await this.watchers.bytes()), ...(await this.crowd.bytes())];
  }

  async stop(): Promise<void> {
    await Promise.all([this.watchers.stop(), this.crowd.stop()]);
  }
}
