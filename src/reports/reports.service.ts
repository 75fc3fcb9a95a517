/**
 * Reports over the past, each from one snapshot of PostgreSQL.
 *
 * Guaranteed: whatever was acknowledged before the question is in the answer; a page of rows costs as much as its agents
 * did, whatever the size of the workspace; a question that would take too long is refused as such. What must never
 * happen: anything about customers in an answer; whoever reads reports keeping others from PostgreSQL: few are computed
 * at a time, the others wait.
 */
import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import type { PoolClient } from 'pg';
import type { DensityReport, OccupancyReport, PresenceReport, ProblemDetail } from '#contracts';
import { countsByAgent, countsByBucket } from '../density/history.queries.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { notFound, ProblemException, validationFailed } from '../platform/errors/problem.exception.js';
import { BUCKET_SECONDS, type Range, rangeOf, type RangeRules } from './range.js';
import type { DensityReportQuery, PagedReportQuery, ReportQuery } from './reports.query.js';
import { occupancyRow, presenceRow } from './rows.js';
import { findSubjects, isKnown, type Subject } from './subjects.queries.js';
import { handledTime, occupiedTime, type Stretch, timeInStates, waitedTime } from './time.queries.js';

const MAX_BUCKETS = 1_500;
const DAY_MS = 86_400_000;
const LONGEST_PRESENCE = { ms: 93 * DAY_MS, told: '93 days' };
/** Single interactions and assignments are read for it. */
const LONGEST_OCCUPANCY = { ms: 31 * DAY_MS, told: '31 days' };

/** Each holds a connection for as long as it takes. */
const AT_A_TIME = 3;
const MOST_WAITING = 100;

/** What a page is made of. */
interface Page {
  subjects: Subject[];
  stretch: Stretch;
  head: Pick<PresenceReport, 'from' | 'to' | 'page'>;
}

@Injectable()
export class ReportsService {
  private readonly line = pLimit(AT_A_TIME);

  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Interactions by buckets of time. 422 with what is wrong with the range; 404 for an unknown team or agent. */
  async density(workspaceId: string, query: DensityReportQuery): Promise<DensityReport> {
    const { interval, teamId, agentId } = query;
    const stepMs = BUCKET_SECONDS[interval] * 1_000;
    const longest = { ms: MAX_BUCKETS * stepMs, told: `${MAX_BUCKETS} buckets (interval=${interval})` };
    const range = this.require(query, { longest, stepMs });
    const [from, to] = [new Date(range.from), new Date(range.to)];
    const counts = await this.read(workspaceId, query, (client) =>
      countsByBucket(client, { workspaceId, from, to, teamId, agentId }, BUCKET_SECONDS[interval]),
    );
    const data = Array.from({ length: (range.to - range.from) / stepMs }, (_, index) => {
      const at = range.from + index * stepMs;
      return { at: new Date(at).toISOString(), ...(counts.get(at) ?? { inbound: 0, outbound: 0 }) };
    });
    return { from: from.toISOString(), to: to.toISOString(), interval, asOf: this.clock.date().toISOString(), data };
  }

  /** Time in state. */
  async presence(workspaceId: string, query: PagedReportQuery): Promise<PresenceReport> {
    const range = this.require(query, { longest: LONGEST_PRESENCE, stepMs: 1 });
    return this.read(workspaceId, query, async (client) => {
      const { subjects, stretch, head } = await this.page(client, workspaceId, query, range);
      const states = await timeInStates(client, subjects, stretch);
      return { ...head, data: subjects.map((subject) => presenceRow(subject, states)) };
    });
  }

  /** Occupancy, and how long things took. */
  async occupancy(workspaceId: string, query: PagedReportQuery): Promise<OccupancyReport> {
    const range = this.require(query, { longest: LONGEST_OCCUPANCY, stepMs: 60_000 });
    return this.read(workspaceId, query, async (client) => {
      const { subjects, stretch, head } = await this.page(client, workspaceId, query, range);
      const whole = { workspaceId, from: stretch.from, to: new Date(range.to) };
      const agentIds = subjects.flatMap((subject) => subject.agentIds);
      const measured = {
        states: await timeInStates(client, subjects, stretch),
        occupied: await occupiedTime(client, workspaceId, subjects, stretch),
        handled: await handledTime(client, workspaceId, subjects, stretch),
        waited: await waitedTime(client, workspaceId, subjects, whole),
        counts: await countsByAgent(client, whole, agentIds),
      };
      return { ...head, data: subjects.map((subject) => occupancyRow(subject, measured)) };
    });
  }

  private require(query: ReportQuery, rules: Pick<RangeRules, 'longest' | 'stepMs'>): Range {
    const range = rangeOf(query, { ...rules, now: this.clock.now(), keptDays: this.config.keepHistoryDays });
    if ('code' in range) throw validationFailed([range]);
    return range;
  }

  private async page(client: PoolClient, workspaceId: string, query: PagedReportQuery, range: Range): Promise<Page> {
    const from = new Date(range.from);
    const to = new Date(Math.max(range.from, Math.min(range.to, this.clock.now())));
    const { teamId = null, agentId = null, cursor: after = null, limit, groupBy } = query;
    const filter = { workspaceId, from, teamId, agentId, after, limit: limit + 1 };
    const found = await findSubjects(client, groupBy, filter);
    const subjects = found.slice(0, limit);
    const hasMore = found.length > limit;
    const page = { next: hasMore ? (subjects.at(-1)?.id ?? null) : null, hasMore };
    return { subjects, stretch: { from, to }, head: { from: from.toISOString(), to: to.toISOString(), page } };
  }

  private async read<T>(
    workspaceId: string,
    { teamId, agentId }: ReportQuery,
    work: (client: PoolClient) => Promise<T>,
  ): Promise<T> {
    if (this.line.pendingCount >= MOST_WAITING) throw tooMany();
    const compute = async (client: PoolClient) => {
      if (teamId && !(await isKnown(client, workspaceId, 'team', teamId))) throw notFound('team');
      if (agentId && !(await isKnown(client, workspaceId, 'agent', agentId))) throw notFound('agent');
      return await work(client);
    };
    try {
      return await this.line(() => this.database.snapshot(workspaceId, compute));
    } catch (error) {
      throw isTimeout(error) ? validationFailed([TOO_MUCH]) : error;
    }
  }
}

const TOO_MUCH: ProblemDetail = {
  pointer: '?to',
  code: 'range_too_long',
  detail: 'It takes too long to compute: ask for a shorter time, one team, or fewer rows at a time.',
};

/** PostgreSQL's statement timeout. */
function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '57014';
}

function tooMany(): ProblemException {
  const detail = 'Many reports are being computed; try again in a moment.';
  return new ProblemException('too_many_requests', detail, { retryAfter: 1 });
}
