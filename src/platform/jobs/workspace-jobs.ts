import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { Job, Queue } from 'bullmq';
import type { JobContext } from './job-registry.js';

type State = ReturnType<BullMQAdapter['getJobStatuses']>[number];

/** Of each state, how many of the newest are looked at: the queue carries the jobs of all workspaces. */
const LOOKED_AT = 1_000;

/**
 * One workspace's jobs, as the queue's view sees them: to look at only. What can't be told apart by workspace, such
 * as rates and connections, is not told.
 */
export class WorkspaceJobs extends BullMQAdapter {
  constructor(
    private readonly all: Queue<JobContext>,
    private readonly workspaceId: string,
  ) {
    super(all, { readOnlyMode: true, allowRetries: false });
  }

  override async getJob(id: string): Promise<Job | undefined> {
    const job = await this.all.getJob(id);
    return job && this.owns(job) ? job : undefined;
  }

  override async getJobs(states: State[], start = 0, end = LOOKED_AT): Promise<Job[]> {
    const jobs = await super.getJobs(states, 0, LOOKED_AT);
    return jobs.filter((job) => this.owns(job)).slice(start, end + 1);
  }

  override async getJobCounts() {
    const count = async (state: State) => [state, (await this.getJobs([state])).length] as const;
    const counts = await Promise.all(this.getJobStatuses().map(count));
    return Object.fromEntries(counts) as Awaited<ReturnType<BullMQAdapter['getJobCounts']>>;
  }

  override async getJobLogs(id: string): Promise<string[]> {
    return (await this.getJob(id)) ? super.getJobLogs(id) : [];
  }

  override async getMetrics() {
    return { meta: { count: 0, prevTS: 0, prevCount: 0 }, data: [], count: 0 };
  }

  override async getWorkers() {
    return null;
  }

  override async getRedisInfo() {
    return null;
  }

  override async getFlowProducer() {
    return null;
  }

  private owns({ data }: Job<JobContext>): boolean {
    return data.workspaceId === this.workspaceId;
  }
}
