/**
 * Follows a chain as it is stored, a stretch at a time.
 *
 * Who calls: the command line, over all chains, and the API, over one. Guaranteed: within one snapshot nothing is passed
 * over, even entries of one place, which there must not be. What must never happen: calling this as a user to whom a
 * policy shows only some of the workspace's entries.
 */
import type { AuditChainBreak } from '#contracts';
import type { Queryable } from '../platform/database/database.js';
import { STRETCH_SQL, UNCHAINED_SQL } from './chain.queries.js';
import type { ChainWalk, Link } from './chain.js';

/** After which entry a stretch begins. */
export interface Position {
  seq: number;
  id: string;
}

/** Before every entry, even of a place that there is not. */
export const BEFORE_ALL: Position = { seq: Number.MIN_SAFE_INTEGER, id: '00000000-0000-0000-0000-000000000000' };

/** Takes the next entries. `last` is where to go on; null: there are no more, or something is broken. */
export async function followStretch(
  client: Queryable,
  walk: ChainWalk,
  workspaceId: string,
  after: Position,
  limit: number,
): Promise<{ broken: AuditChainBreak | null; last: Position | null }> {
  const { rows } = await client.query<Link>(STRETCH_SQL, [workspaceId, after.seq, after.id, limit]);
  for (const link of rows) {
    const broken = walk.take(link);
    if (broken) return { broken, last: null };
  }
  return { broken: null, last: rows.length < limit ? null : (rows.at(-1) ?? null) };
}

/** Entries that were written past the chain, which are nowhere in it. */
export async function findUnchained(client: Queryable, workspaceId: string): Promise<AuditChainBreak | null> {
  const { rows } = await client.query<{ id: string; count: number }>(UNCHAINED_SQL, [workspaceId]);
  const [first] = rows;
  if (!first) return null;
  const many = first.count === 1 ? 'it was' : `it and ${first.count - 1} more were`;
  const detail = `it has no place in the chain: ${many} written past it`;
  return { seq: null, id: first.id, kind: 'unchained', detail };
}
