/**
 * The roster as it was: the same computation as the live one, over what is kept of a moment.
 *
 * Guaranteed: any moment of the last 30 days equals what the stored interactions, intervals and audit entries say of
 * it; late interactions are in the minutes they belong to. What must never happen: somebody who looks through the past
 * keeping others from their answers; few moments are computed at a time, the others wait, and of each workspace only so
 * many.
 */
import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { invalid, ProblemException } from '../../platform/errors/problem.exception.js';
import { bucketOf } from '../../density/window.js';
import { parseTime } from '../../interactions/interaction-input.js';
import { emptyJournal } from '../projection/journal.js';
import { Projection } from '../projection/projection.js';
import { readPast } from './past.queries.js';

/** The epoch of every past roster: no feed has it, so nobody can go on from one. */
const EPOCH = 'past';
const KEPT_DAYS = 30;
const DAY_MS = 24 * 3600 * 1000;
const AT_A_TIME = 2;
/** Of one workspace, those that are computed included. */
const MOST_ASKED = 20;

@Injectable()
export class PastRoster {
  private readonly line = pLimit(AT_A_TIME);
  /** By workspace: how many moments are asked for. */
  private readonly asked = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The workspace at a moment. 422 `at_invalid`, `at_out_of_range`; 429 when it waits for too many already. */
  async at(workspaceId: string, moment: string): Promise<Projection> {
    const at = this.momentOf(moment);
    const asked = this.asked.get(workspaceId) ?? 0;
    if (asked >= MOST_ASKED) throw tooMany();
    this.asked.set(workspaceId, asked + 1);
    try {
      return await this.line(() => this.load(workspaceId, at));
    } finally {
      this.answered(workspaceId);
    }
  }

  private answered(workspaceId: string): void {
    const left = (this.asked.get(workspaceId) ?? 1) - 1;
    if (left > 0) this.asked.set(workspaceId, left);
    else this.asked.delete(workspaceId);
  }

  private async load(workspaceId: string, at: number): Promise<Projection> {
    const loaded = await this.database.snapshot(workspaceId, (client) => readPast(client, workspaceId, at));
    const journal = emptyJournal({ epoch: EPOCH, offset: 0, at, bucket: bucketOf(at) });
    return new Projection(journal, { ...loaded, settledAt: 0 });
  }

  private momentOf(text: string): number {
    const at = parseTime(text);
    if (at === null) {
      throw invalid('at', 'at_invalid', 'at must be an ISO-8601 time with a zone, such as 2026-11-23T10:15:30.123Z.');
    }
    const now = this.clock.now();
    if (at <= now && at >= now - KEPT_DAYS * DAY_MS) return at;
    throw invalid('at', 'at_out_of_range', `at must be a moment of the last ${KEPT_DAYS} days, not one to come.`);
  }
}

function tooMany(): ProblemException {
  const detail = 'Many moments of the past are being looked at; try again in a moment.';
  return new ProblemException('too_many_requests', detail, { retryAfter: 1 });
}
