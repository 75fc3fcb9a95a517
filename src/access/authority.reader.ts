/**
 * The authority read: what a credential may do, asked of the PostgreSQL primary for each request and event.
 *
 * Who calls: the guard, the socket handshake and every socket event, through `Authenticator`. Guaranteed: the
 * answer is from a statement that was sent after the call — callers of one tick share a statement, but nobody
 * joins one that is already on its way. What must never happen: an answer kept for a later call (there is no
 * cache, so no cache can be stale), or access when PostgreSQL can't be asked (the promise rejects: 503).
 */
import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import type { Credential } from './authority.js';
import { AUTHORITY_SQL, type AuthorityRow } from './authority.queries.js';
import { OutboundGate } from './revocation/outbound-gate.js';

/** What PostgreSQL says of a credential; null: there is none. */
export interface AuthorityReading {
  row: AuthorityRow | null;
  /** The outbound gate's position before the statement was sent. */
  readAt: number;
}

interface Waiting {
  credential: Credential;
  resolve: (reading: AuthorityReading) => void;
  reject: (error: unknown) => void;
}

/** As many statements as the pool has connections; while all are busy, callers gather for the next one. */
const MAX_IN_FLIGHT = 3;
/** So long callers gather while another statement is on its way: a statement for each few of them is what is dear. */
const GATHER_MS = 2;
const MAX_BATCH = 500;

@Injectable()
export class AuthorityReader {
  private waiting: Waiting[] = [];
  private inFlight = 0;
  private scheduled = false;
  private gathering: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly gate: OutboundGate,
  ) {}

  /** The credential's row as it is now. */
  read(credential: Credential): Promise<AuthorityReading> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ credential, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.waiting.length === 0 || this.inFlight >= MAX_IN_FLIGHT) return;
    if (this.inFlight === 0 || this.waiting.length >= MAX_BATCH) this.sendSoon();
    else this.gathering ??= setTimeout(() => this.sendSoon(), GATHER_MS);
  }

  private sendSoon(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      clearTimeout(this.gathering);
      this.gathering = undefined;
      if (this.waiting.length > 0) void this.send(this.waiting.splice(0, MAX_BATCH));
    });
  }

  private async send(batch: Waiting[]): Promise<void> {
    this.inFlight++;
    this.schedule();
    const readAt = this.gate.position;
    try {
      const rows = await this.query(batch);
      for (const { credential, resolve } of batch) resolve({ row: rows.get(credential.id) ?? null, readAt });
    } catch (error) {
      for (const caller of batch) caller.reject(error);
    } finally {
      this.inFlight--;
      this.schedule();
    }
  }

  private async query(batch: Waiting[]): Promise<Map<string, AuthorityRow>> {
    const ids = (kind: Credential['kind']) =>
      batch.filter((c) => c.credential.kind === kind).map((c) => c.credential.id);
    const result = await this.database.authorityPool.query<{ found: AuthorityRow[] }>({
      name: 'authority',
      text: AUTHORITY_SQL,
      values: [ids('session'), ids('api_key')],
    });
    return new Map(result.rows.flatMap(({ found }) => found.map((row) => [row.credential_id, row] as const)));
  }
}
