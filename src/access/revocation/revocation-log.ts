/**
 * This node and what was revoked: fetched, applied to memory, then acknowledged.
 *
 * Who calls: a hint by NOTIFY, which says what was revoked, each renewal of the lease, and whoever revoked something
 * here. Guaranteed: revocations are applied in the order of their commits and synchronously, and acknowledged
 * (`applied_seq`) only after that and after the sockets concerned were closed or have read what they still may. The
 * lease is renewed only after everything committed was applied, so a node that can't see revocations stops sending.
 * What must never happen: an acknowledgement of something that was not applied.
 */
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Listener } from '../../platform/database/listener.js';
import { EventBus } from '../../platform/events/event-bus.js';
import { type LeaseFollower, NodeLease } from '../../platform/nodes/node-lease.js';
import { SocketRegistry } from '../socket-registry.js';
import type { AccessSubject } from '../subject.js';
import { OutboundGate } from './outbound-gate.js';
import {
  ACKNOWLEDGE_SQL,
  FORGET_SQL,
  NEWEST_SQL,
  parseHint,
  REVOCATION_CHANNEL,
  type RevocationRow,
  SINCE_SQL,
} from './revocation.queries.js';

const PAGE = 1_000;

/** Something applied that is to be acknowledged once its sockets are dealt with. */
interface Applied {
  seq: number;
  sockets: Promise<number>;
}

@Injectable()
export class RevocationLog implements OnModuleInit, OnApplicationShutdown, LeaseFollower {
  private readonly logger = new Logger(RevocationLog.name);
  private appliedSeq = 0;
  acknowledgedSeq = 0;
  private applied: Applied[] = [];
  private pulling: Promise<void> | null = null;
  private nextPull: Promise<void> | null = null;
  private acknowledging: Promise<void> = Promise.resolve();
  private stopListening: (() => void) | null = null;

  constructor(
    private readonly database: Database,
    private readonly listener: Listener,
    private readonly lease: NodeLease,
    private readonly gate: OutboundGate,
    private readonly registry: SocketRegistry,
    private readonly bus: EventBus,
  ) {}

  /** What was revoked before this node had anybody to serve, every authority read from now on knows. */
  async onModuleInit(): Promise<void> {
    const { rows } = await this.database.controlPool.query<{ seq: number }>(NEWEST_SQL);
    this.appliedSeq = this.acknowledgedSeq = rows[0]?.seq ?? 0;
    this.lease.follow(this);
    this.bus.on('access.changed', (subject) => this.follow(subject));
    this.stopListening = this.listener.on(REVOCATION_CHANNEL, (hint) => void this.hinted(hint));
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopListening?.();
    await this.acknowledging;
  }

  /** Resolves when everything that was committed before the call is applied here. Acknowledging follows. */
  catchUp(): Promise<void> {
    if (!this.pulling) return (this.pulling = this.pull().finally(() => (this.pulling = null)));
    return (this.nextPull ??= this.pulling
      .catch(() => undefined)
      .then(() => {
        this.nextPull = null;
        return this.catchUp();
      }));
  }

  /** What was revoked first: a socket that ends because of it is to be counted in its receipt. */
  private async follow(subject: AccessSubject): Promise<void> {
    await this.hinted(null);
    await this.registry.recheck(subject);
  }

  /** What comes next in the order is applied as it was told; only with a gap, or when nothing is told, one must look. */
  private async hinted(hint: string | null): Promise<void> {
    const row = hint ? parseHint(hint) : null;
    if (row && row.seq <= this.appliedSeq) return;
    if (row?.seq === this.appliedSeq + 1) return this.obey([row]);
    try {
      await this.catchUp();
    } catch (error) {
      this.logger.warn({ err: error }, 'revocations could not be read; the lease runs out unless that changes');
    }
  }

  private async pull(): Promise<void> {
    for (;;) {
      const { rows } = await this.database.controlPool.query<RevocationRow>({
        name: 'revocations-since',
        text: SINCE_SQL,
        values: [this.appliedSeq],
      });
      if (rows.length === 0) await this.requireHistory();
      this.obey(rows);
      if (rows.length < PAGE) return;
    }
  }

  /**
   * A database that was restored, or whose standby took over, may have forgotten what was applied here, and gives its
   * numbers to others: then everybody's rights are read again.
   */
  private async requireHistory(): Promise<void> {
    const applied = this.appliedSeq;
    const { rows } = await this.database.controlPool.query<{ seq: number }>({
      name: 'revocations-newest',
      text: NEWEST_SQL,
    });
    const newest = rows[0]?.seq ?? 0;
    if (newest >= applied) return;
    this.logger.error({ newest, applied }, 'the database forgot revocations; everybody is read again');
    this.applied.length = 0;
    await this.acknowledging;
    await this.database.controlPool.query(FORGET_SQL, [this.lease.nodeId, this.lease.bootId, newest]);
    this.appliedSeq = this.acknowledgedSeq = newest;
    await this.registry.revoke(this.gate.apply({ kind: 'everybody' }));
  }

  /** A hint may have been faster than the page that has it too. */
  private obey(rows: readonly RevocationRow[]): void {
    for (const row of rows) if (row.seq > this.appliedSeq) this.apply(row);
    this.acknowledging = this.acknowledging.then(() => this.acknowledge());
  }

  /** Synchronous up to the last socket: what is sent afterwards was asked for afterwards. */
  private apply({ seq, kind, id }: RevocationRow): void {
    const sockets = this.registry.revoke(this.gate.apply({ kind, id }));
    this.applied.push({ seq, sockets });
    this.appliedSeq = seq;
  }

  /** What fails is done again with the next pull. */
  private async acknowledge(): Promise<void> {
    const batch = this.applied.slice();
    if (batch.length === 0) return;
    const seqs = batch.map((applied) => applied.seq);
    try {
      const sockets = await Promise.all(batch.map((applied) => applied.sockets));
      const { nodeId, bootId } = this.lease;
      await this.database.controlPool.query(ACKNOWLEDGE_SQL, [nodeId, bootId, seqs, sockets]);
      this.acknowledgedSeq = seqs.at(-1) ?? this.acknowledgedSeq;
      this.applied = this.applied.filter((applied) => !batch.includes(applied));
    } catch (error) {
      this.logger.warn({ err: error }, 'a revocation was applied but not acknowledged; trying again');
    }
  }
}
