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
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
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

/** A moment on both clocks: either may stand still while the process is frozen or the machine sleeps. */
interface Moment {
  monotonic: number;
  wall: number;
}

const ACQUIRE_SQL = `
insert into node_lease (node_id, boot_id, roles, expires_at, started_at)
values ($1, $2, $3, clock_timestamp() + make_interval(secs => $4 / 1000.0), clock_timestamp())
on conflict (node_id) do update set boot_id = excluded.boot_id, roles = excluded.roles,
  expires_at = excluded.expires_at, started_at = excluded.started_at,
  applied_seq = case when node_lease.boot_id = excluded.boot_id then node_lease.applied_seq else 0 end
returning (select boot_id from node_lease where node_id = $1) as former_boot_id`;

const RENEW_SQL = `
update node_lease set expires_at = clock_timestamp() + make_interval(secs => $3 / 1000.0)
where node_id = $1 and boot_id = $2 and expires_at > clock_timestamp()`;

/** Dead for a while: the node had time to come back by itself. */
const REAP_SQL = `delete from node_lease where expires_at < clock_timestamp() - interval '2 seconds' and node_id <> $1 returning node_id`;

@Injectable()
export class NodeLease implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  readonly nodeId: string;
  readonly bootId = randomUUID();
  private readonly logger = new Logger(NodeLease.name);
  private timer: NodeJS.Timeout | null = null;
  private renewing: Promise<void> = Promise.resolve();
  private heldSince: Moment | null = null;
  private beforeRenewal: () => Promise<void> = () => Promise.resolve();
  private formerDied = false;
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

  /** Called at boot: `work` runs before each renewal, and one that fails lets the lease run out. */
  follow(work: () => Promise<void>): void {
    this.beforeRenewal = work;
  }

  async onModuleInit(): Promise<void> {
    const asked = now();
    this.formerDied = await this.acquire();
    this.heldSince = asked;
  }

  /** Only now everybody listens. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.formerDied) await this.bus.publish('node.died', { nodeId: this.nodeId });
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

  /** Takes the lease; whether somebody of the same name had it and did not give it back. */
  private async acquire(): Promise<boolean> {
    const { rows } = await this.database.controlPool.query<{ former_boot_id: string | null }>(ACQUIRE_SQL, [
      this.nodeId,
      this.bootId,
      [...this.config.roles],
      this.config.leaseMs,
    ]);
    const former = rows[0]?.former_boot_id ?? null;
    return former !== null && former !== this.bootId;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.renewing = this.tick().finally(() => this.schedule());
    }, RENEW_MS);
  }

  private async tick(): Promise<void> {
    try {
      await this.beforeRenewal();
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
    if (renewed.rowCount) {
      this.heldSince = asked;
      return;
    }
    await this.regain();
    await this.bus.publish('node.revived', { nodeId: this.nodeId });
  }

  /** While it was over nobody waited for this node: what was revoked since the last look is applied before it is held. */
  private async regain(): Promise<void> {
    const asked = now();
    await this.acquire();
    await this.beforeRenewal();
    this.heldSince = asked;
  }
}

function now(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}

function elapsedSince({ monotonic, wall }: Moment): number {
  return Math.max(performance.now() - monotonic, Date.now() - wall);
}
