import { Child } from '../../support/processes/child.js';
import type { Spent } from '../support/usage.js';

/** What writes rows to PostgreSQL without HTTP. */
export type Way = 'bare' | 'statement';

export interface InsertPlan {
  databaseUrl: string;
  way: Way;
  workspaceId: string;
  /** With who has them. */
  conversations: { id: string; agentId: string; teamId: string }[];
  /** Rows in one transaction. */
  rows: number;
  /** Connections, each of which inserts again when it has committed. */
  connections: number;
  seconds: number;
}

export interface InsertResult {
  rows: number;
  perSecond: number;
  /** What the inserting process used. */
  spent: Spent;
}

/** Inserts in a process of its own. */
export class Inserter {
  private constructor(private readonly child: Child) {}

  static async start(): Promise<Inserter> {
    const { child } = await Child.start(new URL('./insert.process.js', import.meta.url), 'inserter', []);
    return new Inserter(child);
  }

  run(plan: InsertPlan): Promise<InsertResult> {
    return this.child.call<InsertResult>('run', plan);
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
