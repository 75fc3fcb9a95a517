/**
 * Requests that may be repeated: each has its effect once, and its answer again for 24 hours.
 *
 * Who calls: the guard claims a request that has an `Idempotency-Key`, once its caller is known; the server's hook
 * finishes it with its answer. Guaranteed: the effect's transaction writes that it is the effect's (`applied`), so what
 * died before its commit is done by the next attempt, and what died after it is not done again; an attempt that was
 * taken for dead can't commit any more. Answers are encrypted, and given again only to who may see as much as who got
 * them. What must never happen: a second effect; an answer to somebody else.
 */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Clock } from '../clock.js';
import { Config } from '../config/config.js';
import { Database, sql } from '../database/database.js';
import { NodeLease } from '../nodes/node-lease.js';
import { APPLY_SQL, CLAIM_SQL, CLEAR_SQL, FINISH_SQL, FORGET_SQL, KNOWN_SQL } from './idempotency.queries.js';
import { AnswerSeal } from './idempotency-seal.js';
import { answeredBefore, inProgress, keyReused, lostClaim } from './idempotency.problems.js';

/** A request, as its caller names it. */
export interface RequestKey {
  workspaceId: string;
  agentId: string;
  /** Its path without the query. */
  route: string;
  key: string;
}

/** What the caller may see and do. */
export interface Sight {
  hidePhone: boolean;
  permissions: ReadonlySet<string>;
}

export interface StoredAnswer {
  status: number;
  contentType: string | null;
  etag: string | null;
  body: string;
}

/** An attempt that answers a request. */
export interface Claim extends RequestKey {
  id: string;
}

interface KnownRow {
  claim: string;
  fingerprint: Buffer;
  hidePhone: boolean;
  permissions: string[];
  applied: boolean;
  status: number | null;
  contentType: string | null;
  etag: string | null;
  answer: Buffer | null;
  over: boolean;
  running: boolean;
}

const LIFETIME_MS = 24 * 3600 * 1000;
/** No request takes longer; its node may have lost sight of it. */
const LONGEST_MS = 120_000;
/** Between a look and the next something may have happened to the claim of another attempt; not for ever. */
const MAX_LOOKS = 5;

@Injectable()
export class IdempotencyStore {
  private readonly answers: AnswerSeal;

  constructor(
    private readonly database: Database,
    private readonly lease: NodeLease,
    private readonly clock: Clock,
    config: Config,
  ) {
    this.answers = new AnswerSeal(config.phoneKey);
  }

  /** The attempt, or the answer that was given before. 409 `idempotency_…`, 422 `idempotency_key_reused`. */
  async claim(request: RequestKey, digest: Buffer, sight: Sight): Promise<Claim | StoredAnswer> {
    const fingerprint = this.answers.mark(digest);
    for (let look = 0; look < MAX_LOOKS; look++) {
      const claim = { ...request, id: randomUUID() };
      if (await this.take(claim, fingerprint, sight)) return claim;
      const known = await this.find(request);
      if (!known) continue;
      if (!known.over) {
        if (!known.fingerprint.equals(fingerprint)) throw keyReused();
        if (known.status !== null) return this.answerOf(request, known, known.status, sight);
        if (known.running) throw inProgress();
        if (known.applied) throw answeredBefore();
      }
      await this.clear({ ...request, id: known.claim }, known.over);
    }
    throw inProgress();
  }

  /** In a transaction of the request: what it writes is written by this attempt, or not at all. */
  async apply(em: EntityManager, claim: Claim): Promise<void> {
    if ((await sql(em, APPLY_SQL, columnsOf(claim))).length === 0) throw lostClaim();
  }

  async finish(claim: Claim, { status, contentType, etag, body }: StoredAnswer): Promise<void> {
    const answer = this.answers.seal(keyOf(claim), body);
    await this.database
      .of(claim.workspaceId)
      .query(FINISH_SQL, [...columnsOf(claim), status, contentType, etag, answer]);
  }

  /** The attempt is given up; the next may begin, unless this one has written. */
  release(claim: Claim): Promise<void> {
    return this.clear(claim, false);
  }

  /** Forgets what is older than a day. */
  async sweep(): Promise<void> {
    await this.database.pool.query(FORGET_SQL, [this.ago(LIFETIME_MS)]);
  }

  private async take(claim: Claim, fingerprint: Buffer, { hidePhone, permissions }: Sight): Promise<boolean> {
    const { nodeId, bootId } = this.lease;
    const values = [fingerprint, nodeId, bootId, this.clock.date(), hidePhone, [...permissions]];
    const { rowCount } = await this.database.of(claim.workspaceId).query(CLAIM_SQL, [...columnsOf(claim), ...values]);
    return rowCount === 1;
  }

  private async find(request: RequestKey): Promise<KnownRow | null> {
    const values = [...keyOf(request), this.ago(LIFETIME_MS), this.ago(LONGEST_MS)];
    const { rows } = await this.database.of(request.workspaceId).query<KnownRow>(KNOWN_SQL, values);
    return rows[0] ?? null;
  }

  private async clear(claim: Claim, isOver: boolean): Promise<void> {
    await this.database.of(claim.workspaceId).query(CLEAR_SQL, [...columnsOf(claim), isOver]);
  }

  private answerOf(request: RequestKey, known: KnownRow, status: number, sight: Sight): StoredAnswer {
    if (status < 400 && saysTooMuch(known, sight)) throw answeredBefore();
    const body = this.answers.open(keyOf(request), known.answer ?? Buffer.alloc(0));
    if (body === null) throw answeredBefore();
    const { contentType, etag } = known;
    return { status, contentType, etag, body };
  }

  private ago(ms: number): Date {
    return new Date(this.clock.now() - ms);
  }
}

/** Whether what was answered may hold what is not for these eyes. */
function saysTooMuch(answered: { hidePhone: boolean; permissions: string[] }, { hidePhone, permissions }: Sight) {
  return (hidePhone && !answered.hidePhone) || !answered.permissions.every((permission) => permissions.has(permission));
}

function keyOf({ workspaceId, agentId, route, key }: RequestKey): string[] {
  return [workspaceId, agentId, route, key];
}

function columnsOf(claim: Claim): string[] {
  return [...keyOf(claim), claim.id];
}
