import { Child } from '../../support/processes/child.js';

/** Dashboards to open: one client each. */
export interface DashboardPlan {
  urls: readonly string[];
  token: string;
  count: number;
  /** Teams, or null for everybody; taken in turn. */
  scopes: readonly (string | null)[];
}

/** How the dashboards of a process are. */
export interface DashboardsSeen {
  /** Live, and heard of lately by the server's time. */
  current: number;
  /** By status, of those that are not. */
  others: Record<string, number>;
  /** Connections that were lost under them. */
  lost: number;
}

/** Where a live dashboard stands, and what it shows. */
export interface Content {
  scope: string | null;
  epoch: string;
  offset: number;
  digest: string;
}

/** SDK dashboards in a process of their own, which can be put to sleep. */
export class Dashboards {
  private constructor(private readonly child: Child) {}

  static async start(): Promise<Dashboards> {
    const { child } = await Child.start(new URL('./dashboards.process.js', import.meta.url), 'dashboards', []);
    return new Dashboards(child);
  }

  /** Resolves when all are live. */
  async open(plan: DashboardPlan): Promise<void> {
    await this.child.call('open', plan);
  }

  seen(): Promise<DashboardsSeen> {
    return this.child.call<DashboardsSeen>('seen');
  }

  /** What those show that are live; dear to work out. */
  contents(): Promise<Content[]> {
    return this.child.call<Content[]>('contents');
  }

  sleep(): void {
    this.child.signal('SIGSTOP');
  }

  wake(): void {
    this.child.signal('SIGCONT');
  }

  stop(): Promise<void> {
    this.wake();
    return this.child.stop();
  }
}
