/**
 * Taking rights away, so that it is true everywhere when the caller is told that it is done.
 *
 * Who calls: services that take rights away: `add` inside the transaction of the change, `confirm` after its commit
 * and before the reply. Guaranteed: when `confirm` answers `complete`, every node that serves has acknowledged the
 * revocation or its lease is over by the database's clock, so none sends anything more that may not be received. What
 * must never happen: `complete` while a node may still send; a change that takes rights away without a row here.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Receipt, ReceiptNode, RevocationCause } from '#contracts';
import { Config } from '../../platform/config/config.js';
import { Database, sql } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import type { AccessSubject } from '../subject.js';
import { RevocationLog } from './revocation-log.js';
import { ADD_SQL, PROGRESS_SQL, type ProgressRow, SETTLE_SQL } from './revocation.queries.js';

/** What ended with the rights. */
export type Ended = Pick<Receipt, 'sessions' | 'keys' | 'conversationsReleased' | 'listsLeft'>;

/** A revocation in a transaction that may not be committed yet. */
export interface Revocation extends Ended {
  id: string;
  cause: RevocationCause;
  /** When, in milliseconds. */
  at: number;
}

export interface NewRevocation extends Partial<Ended> {
  workspaceId: string;
  subject: Exclude<AccessSubject, { kind: 'everybody' }>;
  /** Whose rights they are; null: a team's. */
  agentId: string | null;
  cause: RevocationCause;
  /** Who takes them; null: the product itself. */
  actorId: string | null;
}

const NOTHING_ENDED: Ended = { sessions: 0, keys: 0, conversationsReleased: 0, listsLeft: 0 };

/** Beyond the lease, for the round trips. */
const MARGIN_MS = 300;
/** For so long views may not show what is true already. */
const UNTOLD_MS = 100;
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 25;

@Injectable()
export class Revocations {
  private readonly logger = new Logger(Revocations.name);

  constructor(
    private readonly database: Database,
    private readonly log: RevocationLog,
    private readonly config: Config,
  ) {}

  /** Adds a revocation to the transaction of `em`. Confirm it after the commit. */
  async add(em: EntityManager, revocation: NewRevocation): Promise<Revocation> {
    const [added] = await this.addAll(em, [revocation]);
    if (!added) throw new Error('a revocation was not stored');
    return added;
  }

  /** Adds revocations to the transaction of `em`, in one statement. Confirm them together after the commit. */
  async addAll(em: EntityManager, revocations: readonly NewRevocation[]): Promise<Revocation[]> {
    if (revocations.length === 0) return [];
    const rows = revocations.map((revocation) => ({ ...NOTHING_ENDED, ...revocation, id: newId() }));
    const added = await sql<{ id: string; at: number }>(em, ADD_SQL, columnsOf(rows));
    const times = new Map(added.map(({ id, at }) => [id, at]));
    return rows.map(({ id, cause, sessions, keys, conversationsReleased, listsLeft }) => {
      return { id, cause, at: times.get(id) ?? Date.now(), sessions, keys, conversationsReleased, listsLeft };
    });
  }

  /** As `confirm`; null when there was nothing to revoke. */
  async confirmAll(revocations: readonly Revocation[]): Promise<Receipt | null> {
    return revocations.length > 0 ? this.confirm(revocations) : null;
  }

  /**
   * As `confirmAll`, and tells live views of the change. Telling keeps the event loops busy that have to confirm, so it
   * comes second; for a node that doesn't answer it waits only briefly.
   */
  async confirmAndTell(revocations: readonly Revocation[], tell: () => Promise<void>): Promise<Receipt | null> {
    const confirming = this.confirmAll(revocations);
    await Promise.race([confirming, delay(revocations.length > 0 ? UNTOLD_MS : 0, undefined, { ref: false })]);
    const [receipt] = await Promise.all([confirming, tell()]);
    return receipt;
  }

  /** Waits until what was committed is obeyed everywhere. Never throws: what can't be established is `pending`. */
  async confirm(revocations: readonly Revocation[]): Promise<Receipt> {
    const began = performance.now();
    const elapsed = () => Math.round(performance.now() - began);
    const ids = revocations.map((revocation) => revocation.id);
    await this.log.catchUp().catch(() => undefined);
    const { nodes, revision, complete } = await this.untilObeyed(ids, elapsed);
    const receipt: Receipt = {
      id: ids[0] ?? '',
      cause: revocations[0]?.cause ?? 'session_ended',
      revision,
      ...sum(revocations),
      sockets: nodes.reduce((sockets, node) => sockets + node.sockets, 0),
      nodes,
      elapsedMs: elapsed(),
      enforcement: complete ? 'complete' : 'pending',
      at: new Date(revocations[0]?.at ?? 0).toISOString(),
    };
    await this.settle(ids, receipt);
    return receipt;
  }

  private async untilObeyed(ids: string[], elapsed: () => number) {
    const nodes = new Map<string, ReceiptNode>();
    let revision: number | null = null;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
      const rows = await this.progress(ids);
      if (rows) note(nodes, rows, elapsed());
      revision ??= rows?.[0]?.seq ?? null;
      const complete = rows !== null && [...nodes.values()].every(({ outcome }) => outcome !== 'unconfirmed');
      if (complete || elapsed() > this.config.leaseMs + MARGIN_MS) {
        return { nodes: [...nodes.values()], revision, complete };
      }
      await delay(pause);
    }
  }

  /** Null: the database can't be asked. */
  private async progress(ids: string[]): Promise<ProgressRow[] | null> {
    try {
      const query = { name: 'revocation-progress', text: PROGRESS_SQL, values: [ids] };
      return (await this.database.controlPool.query<ProgressRow>(query)).rows;
    } catch {
      return null;
    }
  }

  /** What can't be written now, the sweep writes. */
  private async settle(ids: string[], { nodes, elapsedMs, enforcement }: Receipt): Promise<void> {
    try {
      await this.database.controlPool.query(SETTLE_SQL, [ids, JSON.stringify(nodes), elapsedMs, enforcement]);
    } catch (error) {
      this.logger.warn({ err: error }, 'a receipt could not be kept yet; the sweep will');
    }
  }
}

/** A node that was there and is gone has given its lease back, or somebody saw it expired. */
function note(nodes: Map<string, ReceiptNode>, rows: ProgressRow[], ms: number): void {
  for (const { node, alive, applied, sockets } of rows) {
    const isSettled = (nodes.get(node)?.outcome ?? 'unconfirmed') !== 'unconfirmed';
    if (isSettled) continue;
    nodes.set(node, { node, outcome: applied ? 'applied' : alive ? 'unconfirmed' : 'expired', sockets, ms });
  }
  for (const node of nodes.values()) {
    const isGone = !rows.some((row) => row.node === node.node);
    if (isGone && node.outcome === 'unconfirmed') Object.assign(node, { outcome: 'expired', ms });
  }
}

/** The parameters of `ADD_SQL`. */
function columnsOf(rows: readonly (NewRevocation & Ended & { id: string })[]): unknown[][] {
  return [
    rows.map((row) => row.id),
    rows.map((row) => row.workspaceId),
    rows.map((row) => row.subject.kind),
    rows.map((row) => row.subject.id),
    rows.map((row) => row.agentId),
    rows.map((row) => row.cause),
    rows.map((row) => row.actorId),
    rows.map((row) => row.sessions),
    rows.map((row) => row.keys),
    rows.map((row) => row.conversationsReleased),
    rows.map((row) => row.listsLeft),
  ];
}

function sum(revocations: readonly Revocation[]): Ended {
  const total: Ended = { ...NOTHING_ENDED };
  for (const revocation of revocations) {
    total.sessions += revocation.sessions;
    total.keys += revocation.keys;
    total.conversationsReleased += revocation.conversationsReleased;
    total.listsLeft += revocation.listsLeft;
  }
  return total;
}
