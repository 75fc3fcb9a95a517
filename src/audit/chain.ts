/**
 * The chain of hashes that makes the audit log tamper-evident.
 *
 * Each workspace has a chain of its own. Its entries are numbered from 1 without holes in the order of the commits,
 * and the hash of each is sha256(hash of the one before ‖ content), where the first follows the hash of the
 * workspace's id; where the chain ends is kept in `audit_head`. PostgreSQL does it inside COMMIT (see
 * the migration `audit-chain`); here it is done again to compare. Guaranteed: whatever is changed, deleted, inserted or
 * exchanged afterwards is found, unless everything from there to the head was calculated anew; then a hash that was
 * kept elsewhere is missing from it.
 */
import { createHash } from 'node:crypto';
import type { AuditChainBreak, AuditChainHead } from '#contracts';

/** An entry as the chain knows it. */
export interface Link {
  id: string;
  seq: number;
  /** As stored, in hex. */
  hash: string;
  /** What is hashed. */
  content: string;
}

/** Follows one chain from its beginning, or from where another walk came to. */
export class ChainWalk {
  /** Where the walk is. */
  head: AuditChainHead;
  private expectedSeen: boolean;

  constructor(
    workspaceId: string,
    private readonly expected: string | null = null,
    from: AuditChainHead | null = null,
  ) {
    this.head = from ?? { seq: 0, hash: sha256(workspaceId) };
    this.expectedSeen = expected === null || expected === this.head.hash;
  }

  /** Takes the next entry; what is wrong with it, or null. After something wrong the walk is over. */
  take(link: Link): AuditChainBreak | null {
    const { seq, id } = link;
    const next = this.head.seq + 1;
    if (seq < next)
      return { seq, id, kind: 'inserted', detail: `there is an entry ${seq} too many; it or the other was added` };
    if (seq > next) return { seq: next, id: null, kind: 'hole', detail: missing(next, seq - 1) };
    const hash = sha256(Buffer.from(this.head.hash, 'hex'), link.content);
    if (hash !== link.hash) {
      const detail = `its hash is not that of entry ${seq - 1} with its content: one of them was changed`;
      return { seq, id, kind: 'changed', detail };
    }
    this.head = { seq, hash };
    this.expectedSeen ||= hash === this.expected;
    return null;
  }

  /** After the last entry: compares with the head that was kept. */
  end(kept: AuditChainHead | null): AuditChainBreak | null {
    const { seq, hash } = this.head;
    const at = (kind: AuditChainBreak['kind'], seq: number, detail: string): AuditChainBreak => ({
      seq,
      id: null,
      kind,
      detail,
    });
    if (kept === null && seq > 0) return at('tail', seq, 'the head of the chain is gone');
    if (kept && kept.seq > seq) return at('tail', seq + 1, `${missing(seq + 1, kept.seq)} at the end`);
    if (kept && kept.seq < seq)
      return at('tail', kept.seq + 1, `the head ends at ${kept.seq}: entries were added after it`);
    if (kept && kept.hash !== hash) return at('tail', seq, 'the head has another hash than the last entry');
    if (this.expectedSeen) return null;
    return at('rewritten', seq, 'the expected hash is that of no entry: the chain was written anew, or is another');
  }
}

function missing(first: number, last: number): string {
  return first === last ? `entry ${first} is missing` : `entries ${first} to ${last} are missing`;
}

function sha256(...parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
