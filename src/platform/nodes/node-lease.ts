/**
 * Which nodes live: each holds a lease in PostgreSQL that it renews every second.
 *
 * Who calls: the outbound gate asks `isHeld` before anything is sent; `RevocationLog` follows the renewals. Guaranteed:
 * a lease is renewed only after everything revoked was applied here; by this node's clocks it ends no later than by the
 * database's, since it counts from before the renewal was sent. A node that stopped renewing is noticed by another, or
 * by its own next boot, and `node.died` is published once, there; a node that was cut off for longer than its lease
 * publishes `node.revived` when it is back, since the others may have cleaned up after it. A clean exit deletes the
 * lease, last of all, and nobody is told. What must never happen: a timer deciding that the lease is over; after a
 * freeze, queued work may run before any timer.
 */
import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { EventBus } from '../events/event-bus.js';

declare module '../events/event-bus.js' {
  interface Events {
    /** A node ended without saying so: what it had committed may not have been told. */
    'node.died': { nodeId: string };
    /** This node's lease had run out and is held again. */
    'node.revived': { nodeId: string };
  }
}

const RENEW_MS = 1_000;

/** What keeps step with the lease. */
export interface LeaseFollower {
  /** Runs before each renewal, and before a lease that was lost counts again; failing lets it run out. */
  catchUp(): Promise<void>;
  /** Up to where what was revoked is applied and acknowledged. */
  readonly acknowledgedSeq: number;
}

/** A moment on both clocks: either may stand still while the process is frozen or the machine sleeps. */
interface Moment {
  monotonic: number;
  wall: number;
}

const ACQUIRE_SQL = `
insert into node_lease (node_id, boot_id, roles, expires_at, started_at, applied_seq)
values ($1, $2, $3, clock_timestamp() + make_interval(secs => $4 / 1000.0), clock_timestamp(), $5)
on conflict (node_id) do update set boot_id = excluded.boot_id, roles = excluded.roles,
  expires_at = excluded.expires_at, started_at = excluded.started_at, applied_seq = excluded.applied_seq
where $6 or node_lease.boot_id = excluded.boot_id or node_lease.expires_at < clock_timestamp()
returning (select boot_id from node_lease where node_id = $1) as former_boot_id`;

const RENEW_SQL = `
update node_lease set expires_at = clock_timestamp() + make_interval(secs => $3 / 1000.0)
where node_id = $1 and boot_id = $2 and expires_at > clock_timestamp()`;

/** Dead for a while: the node had time to come back by itself. */
const REAP_SQL = `delete from node_lease where expires_at < clock_timestamp() - interval '2 seconds' and node_id <> $1 returning node_id`;

@Injectable()
export class NodeLease implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly nodeId: string;
  readonly bootId = randomUUID();
  private readonly logger = new Logger(NodeLease.name);
  private timer: NodeJS.Timeout | null = null;
  private renewing: Promise<void> = Promise.resolve();
  private heldSince: Moment | null = null;
  /** Called at the next renewal. */
  private readonly waiting = new Set<() => void>();
  private follower: LeaseFollower = { catchUp: () => Promise.resolve(), acknowledgedSeq: 0 };
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly bus: EventBus,
    private readonly config: Config,
  ) {
    this.nodeId = config.nodeId;
  }

  /** Whether this node may still act for others: asked at the moment of acting, never remembered. */
  isHeld(): boolean {
    return this.heldSince !== null && elapsedSince(this.heldSince) < this.config.leaseMs;
  }

  /**
   * Resolves once it is held: at once, or at the next renewal, after a stall a second away; and when it should have been
   * renewed in any case. Ask `isHeld` then.
   */
  async untilHeld(): Promise<void> {
    if (this.isHeld()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.config.leaseMs);
    this.waiting.add(resolve);
    await promise;
    this.waiting.delete(resolve);
    clearTimeout(timer);
  }

  /** Called at boot, before the lease is taken. */
  follow(follower: LeaseFollower): void {
    this.follower = follower;
  }

  /** Only now everybody listens. Whoever had the name before is dead, or has to give way. */
  async onApplicationBootstrap(): Promise<void> {
    const former = await this.take({ fromAnybody: true });
    if (former !== null && former !== this.bootId) await this.bus.publish('node.died', { nodeId: this.nodeId });
    this.schedule();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.renewing;
    this.heldSince = null;
    await this.database.controlPool
      .query('delete from node_lease where node_id = $1 and boot_id = $2', [this.nodeId, this.bootId])
      .catch(() => undefined);
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.renewing = this.tick().finally(() => this.schedule());
    }, RENEW_MS);
  }

  private async tick(): Promise<void> {
    try {
      await this.follower.catchUp();
      await this.renew();
      const dead = await this.database.controlPool.query<{ node_id: string }>(REAP_SQL, [this.nodeId]);
      for (const row of dead.rows) await this.bus.publish('node.died', { nodeId: row.node_id });
    } catch (error) {
      this.logger.warn({ err: error }, 'the lease could not be renewed; trying again');
    }
  }

  private async renew(): Promise<void> {
    const asked = now();
    const renewed = await this.database.controlPool.query(RENEW_SQL, [this.nodeId, this.bootId, this.config.leaseMs]);
    if (renewed.rowCount) return this.hold(asked);
    await this.take({ fromAnybody: false });
    await this.bus.publish('node.revived', { nodeId: this.nodeId });
  }

  /**
   * While it was over nobody waited for this node: what was revoked since the last look is applied before it is held.
   * Resolves to the boot that had it before. Throws when another process of this name holds it.
   */
  private async take({ fromAnybody }: { fromAnybody: boolean }): Promise<string | null> {
    const asked = now();
    const { rows } = await this.database.controlPool.query<{ former_boot_id: string | null }>(ACQUIRE_SQL, [
      this.nodeId,
      this.bootId,
      [...this.config.roles],
      this.config.leaseMs,
      this.follower.acknowledgedSeq,
      fromAnybody,
    ]);
    const [taken] = rows;
    if (!taken) throw new Error(`another process is the node ${this.nodeId}; give each its own MUSTER_NODE_ID`);
    await this.follower.catchUp();
    this.hold(asked);
    return taken.former_boot_id;
  }

  private hold(asked: Moment): void {
    this.heldSince = asked;
    for (const resolve of this.waiting) resolve();
  }
}

function now(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}

function elapsedSince({ monotonic, wall }: Moment): number {
  return Math.max(performance.now() - monotonic, Date.now() - wall);
}
