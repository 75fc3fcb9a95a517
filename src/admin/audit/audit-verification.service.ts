/**
 * Follows the chain of one workspace, so that nobody who reads its log needs the command line to trust it.
 *
 * Guaranteed: a request follows one bounded stretch in one snapshot, so that the log may be of any length and whoever
 * waits sees how far it is; the last also compares with the kept head and finds what was written past the chain. A
 * cursor says how far its bearer has followed: with a forged one they deceive nobody but themselves.
 */
import { Injectable } from '@nestjs/common';
import type { AuditChainHead, AuditVerification } from '#contracts';
import { HEAD_SQL } from '../../audit/chain.queries.js';
import { ChainWalk } from '../../audit/chain.js';
import { BEFORE_ALL, findUnchained, followStretch, type Position } from '../../audit/follow.js';
import { Database, type Queryable } from '../../platform/database/database.js';
import { decodeCursor, encodeCursor } from '../../platform/http/page.js';

const STRETCH = 5_000;
const CURSOR = [/^\d{1,15}$/, /^[0-9a-f-]{36}$/, /^[0-9a-f]{64}$/];

@Injectable()
export class AuditVerificationService {
  constructor(private readonly database: Database) {}

  /** 400 `invalid_cursor`. */
  async verify(workspaceId: string, cursor: string | undefined): Promise<AuditVerification> {
    const { after, head } = cursor ? startOf(cursor) : { after: BEFORE_ALL, head: null };
    const walk = new ChainWalk(workspaceId, null, head);
    return this.database.snapshot(workspaceId, (client) => follow(client, walk, workspaceId, after));
  }
}

async function follow(
  client: Queryable,
  walk: ChainWalk,
  workspaceId: string,
  after: Position,
): Promise<AuditVerification> {
  const kept = (await client.query<AuditChainHead>(HEAD_SQL, [workspaceId])).rows[0] ?? null;
  const { broken, last } = await followStretch(client, walk, workspaceId, after, STRETCH);
  const { head } = walk;
  const newest = kept?.seq ?? head.seq;
  if (last) return { head, newest, broken, next: encodeCursor([String(last.seq), last.id, head.hash]) };
  return { head, newest, broken: broken ?? walk.end(kept) ?? (await findUnchained(client, workspaceId)), next: null };
}

function startOf(cursor: string): { after: Position; head: AuditChainHead } {
  const [seq, id, hash] = decodeCursor(cursor, CURSOR) as [string, string, string];
  return { after: { seq: Number(seq), id }, head: { seq: Number(seq), hash } };
}
