/**
 * Jobs: work that follows a committed change, at least once, by id only.
 *
 * Who calls: a feature registers a handler for each job it owns; services add rows to the outbox. Guaranteed:
 * a handler runs at least once after the last row of its key was committed, on some worker. It reads
 * which rows are unfinished, then what is current, and finishes those rows in its own transaction. What must never happen: a payload beyond
 * ids, a job nobody owns (boot refuses), or a decision that waits for a job.
 */
import { Injectable } from '@nestjs/common';

/** Every job with its owner's documentation. Features add theirs by declaration merging. */
export interface Jobs {}

export type JobName = keyof Jobs;

/** What a handler gets to know. */
export interface JobContext {
  workspaceId: string;
  /** The id of what the job is about. */
  key: string;
}

/**
 * Which workers do it: those of our own work, or those of calls to the outside, which are slow when others are and must
 * not hold up the rest.
 */
export type JobLane = 'jobs' | 'outgoing';

export type JobHandler = (context: JobContext) => Promise<void>;

@Injectable()
export class JobRegistry {
  private readonly handlers = new Map<JobName, JobHandler>();
  private readonly lanes = new Map<string, JobLane>();

  /** Makes `handler` the owner of the job; a second owner is a mistake. */
  own(name: JobName, handler: JobHandler, lane: JobLane = 'jobs'): void {
    if (this.handlers.has(name)) throw new Error(`The job ${name} has two owners.`);
    this.handlers.set(name, handler);
    this.lanes.set(name, lane);
  }

  /** Whose workers do the job. */
  laneOf(name: string): JobLane {
    return this.lanes.get(name) ?? 'jobs';
  }

  /** The owner of a job. Throws when there is none: it must not complete silently. */
  require(name: string): JobHandler {
    const handler = this.handlers.get(name as JobName);
    if (!handler) throw new Error(`Nobody owns the job ${name}.`);
    return handler;
  }
}
