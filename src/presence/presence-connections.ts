/**
 * The connections of this node that make agents connected.
 *
 * Who calls: `PresenceService`. Guaranteed: what came and went while a transaction was under way is recorded by the
 * next one, in its order, so that a whole floor that comes at once costs a few transactions, and a connection's end
 * never overtakes its beginning; each call resolves when it is committed and told; an end that could not be recorded, or
 * a connection that others thought lost, is tried again with each sweep; an agent whom somebody else holds is waited for
 * by itself, and holds nobody up. Must never happen: a refusal because many come, an agent left connected by a connection
 * that is gone, or left out by one that is open.
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import pLimit from 'p-limit';
import { Clock } from '../platform/clock.js';
import { Database, sql } from '../platform/database/database.js';
import { GroupCommit } from '../platform/database/group-commit.js';
import { EventBus } from '../platform/events/event-bus.js';
import { NodeLease } from '../platform/nodes/node-lease.js';
import { type ConnectionChange, type PresenceConnection, roundsOf } from './connection-changes.js';
import { PresenceTransitions, type PresenceCause } from './presence-transitions.js';
import * as queries from './presence.queries.js';
import type { PresenceRow } from './presence.queries.js';

/** Others who change one of these agents wait for the transaction: it is kept short. */
const MAX_CHANGES = 250;
/** How many agents whom somebody else holds are waited for at a time; each takes a connection. */
const MAX_AWAITED = 2;

/** What became of a change: it is committed, and told when the promise resolves; or its agent is held by somebody. */
type Outcome = Promise<void> | 'held';

@Injectable()
export class PresenceConnections implements OnModuleInit {
  private readonly open = new Map<string, PresenceConnection>();
  /** What PostgreSQL did not take, and nobody else tries again. */
  private unrecorded: ConnectionChange[] = [];
  /** Results are promises of having told: the next group doesn't wait for that. */
  private readonly group = new GroupCommit<ConnectionChange, { outcome: Outcome }>({
    commit: (changes) => this.commit(changes),
    rowsOf: () => 1,
    maxInFlight: 1,
    maxRows: MAX_CHANGES,
    maxWaiting: Number.POSITIVE_INFINITY,
  });

  /** By agent whom somebody else holds: the end of what waits for it, in order. */
  private readonly awaited = new Map<string, Promise<void>>();
  private readonly waits = pLimit(MAX_AWAITED);

  constructor(
    private readonly database: Database,
    private readonly transitions: PresenceTransitions,
    private readonly lease: NodeLease,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.bus.on('node.revived', async () => {
      await this.recordAll([...this.open.values()].map((connection) => ({ kind: 'opened', connection })));
    });
  }

  /** The agent is connected when this resolves. */
  async opened(connection: PresenceConnection): Promise<void> {
    this.open.set(connection.id, connection);
    await this.record({ kind: 'opened', connection });
  }

  /** Cleanly: gone at once. Otherwise its grace begins. */
  async closed(id: string, { clean }: { clean: boolean }): Promise<void> {
    const connection = this.open.get(id);
    if (!connection) return;
    this.open.delete(id);
    await this.recordSurely({ kind: clean ? 'closed' : 'lost', connection });
  }

  /** Tries again to record what could not be. A connection that went meanwhile needs only its end. */
  async sweep(): Promise<void> {
    const isDue = ({ kind, connection }: ConnectionChange) => kind !== 'opened' || this.open.has(connection.id);
    await this.recordAll(this.unrecorded.splice(0).filter(isDue));
  }

  private async recordAll(changes: ConnectionChange[]): Promise<void> {
    await Promise.allSettled(changes.map((change) => this.recordSurely(change)));
  }

  /** What fails is kept for the next sweep. */
  private async recordSurely(change: ConnectionChange): Promise<void> {
    try {
      await this.record(change);
    } catch (error) {
      this.unrecorded.push(change);
      throw error;
    }
  }

  private async record(change: ConnectionChange): Promise<void> {
    const { outcome } = await this.group.submit(change);
    await (outcome === 'held' ? this.await(change) : outcome);
  }

  /** After what waits for the same agent. */
  private await(change: ConnectionChange): Promise<void> {
    const { agentId } = change.connection;
    const before = this.awaited.get(agentId) ?? Promise.resolve();
    const own = before.then(() => this.waits(() => this.commitHeld(change)));
    const end = own
      .catch(() => undefined)
      .finally(() => {
        if (this.awaited.get(agentId) === end) this.awaited.delete(agentId);
      });
    this.awaited.set(agentId, end);
    return own;
  }

  private async commitHeld(change: ConnectionChange): Promise<void> {
    const changed = await this.database.systemTransaction(async (em) => {
      await this.transitions.lock(em, [change.connection.agentId]);
      return this.apply(em, [change]);
    });
    await this.transitions.tell(changed);
  }

  /** What is held, or comes after something that is, stays out. */
  private async commit(changes: ConnectionChange[]): Promise<{ outcome: Outcome }[]> {
    const held = new Set(this.awaited.keys());
    const isHeld = ({ connection }: ConnectionChange) => held.has(connection.agentId);
    const turning = changes.filter((change) => change.kind !== 'lost' && !isHeld(change));
    const changed = await this.database.systemTransaction(async (em) => {
      const agentIds = new Set(turning.map(({ connection }) => connection.agentId));
      const others = agentIds.size > 0 ? await this.transitions.lockFree(em, agentIds) : [];
      for (const agentId of others) held.add(agentId);
      const rows: PresenceRow[] = [];
      const free = changes.filter((change) => !isHeld(change));
      for (const round of roundsOf(free)) rows.push(...(await this.apply(em, round)));
      return rows;
    });
    const told = this.transitions.tell(changed);
    return changes.map((change) => ({ outcome: isHeld(change) ? 'held' : told }));
  }

  private async apply(em: EntityManager, round: ConnectionChange[]): Promise<PresenceRow[]> {
    const of = (kind: ConnectionChange['kind']) =>
      round.filter((change) => change.kind === kind).map(({ connection }) => connection);
    const [opened, closed, lost] = [of('opened'), of('closed'), of('lost')];
    if (opened.length > 0) await this.connect(em, opened);
    if (closed.length > 0) await sql(em, queries.DISCONNECT_SQL, [closed.map(({ id }) => id)]);
    if (lost.length > 0) await sql(em, queries.LOSE_SQL, [lost.map(({ id }) => id), this.clock.date()]);
    const causes = new Map<string, PresenceCause>([
      ...opened.map(({ agentId }) => [agentId, 'connected'] as const),
      ...closed.map(({ agentId }) => [agentId, 'disconnected'] as const),
    ]);
    return causes.size > 0 ? this.transitions.settle(em, causes) : [];
  }

  /** A connection may be there twice, when the node was thought dead just after it came. */
  private async connect(em: EntityManager, opened: PresenceConnection[]): Promise<void> {
    const connections = [...new Map(opened.map((connection) => [connection.id, connection])).values()];
    await sql(em, queries.CONNECT_SQL, [
      connections.map((connection) => connection.id),
      connections.map((connection) => connection.workspaceId),
      connections.map((connection) => connection.agentId),
      this.lease.nodeId,
      this.lease.bootId,
      this.clock.date(),
    ]);
  }
}
