/**
 * Presence on three axes: lifecycle (an administrator's), availability (the agent's choice), connectivity
 * (observed, per connection).
 *
 * Who calls: the inbox gateway when a session's socket comes and goes, `PUT /agents/:id/presence` and
 * `presence.set`. Guaranteed: every transition is committed to PostgreSQL and told before the call returns; a
 * connection lost uncleanly counts for its grace; connections of a dead node are lost like any others. Must never
 * happen: a connection changing the chosen availability, or an agent going offline because its node restarts.
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Availability, PresenceView } from '#contracts';
import { type Authority, requirePermission } from '../access/authority.js';
import { type AfterCommit, type AgentParticipant, AgentParticipants } from '../agents/agent.participants.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database, sql } from '../platform/database/database.js';
import { notFound } from '../platform/errors/problem.exception.js';
import { EventBus } from '../platform/events/event-bus.js';
import { NodeLease } from '../platform/nodes/node-lease.js';
import * as queries from './presence.queries.js';
import type { PresenceRow } from './presence.queries.js';

/** A socket that makes an agent connected. */
export interface PresenceConnection {
  /** Unique; the socket's own. */
  id: string;
  workspaceId: string;
  agentId: string;
}

/** Why presence changed, as the history keeps it. */
export type PresenceCause = 'connected' | 'disconnected' | 'lost' | 'chosen' | 'set_by_other' | 'lifecycle' | 'created';

@Injectable()
export class PresenceService implements OnModuleInit, AgentParticipant {
  private readonly open = new Map<string, PresenceConnection>();

  constructor(
    private readonly database: Database,
    private readonly participants: AgentParticipants,
    private readonly audit: AuditService,
    private readonly lease: NodeLease,
    private readonly bus: EventBus,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.participants.join(this);
    this.bus.on('node.revived', () => this.connect([...this.open.values()]));
  }

  /** A socket of the agent came; the agent is connected when this resolves. */
  async connectionOpened(connection: PresenceConnection): Promise<void> {
    this.open.set(connection.id, connection);
    await this.connect([connection]);
  }

  /** A socket went: cleanly (logout, closed by the user) at once, otherwise the grace begins. */
  async connectionClosed(id: string, { clean }: { clean: boolean }): Promise<void> {
    const connection = this.open.get(id);
    if (!connection) return;
    this.open.delete(id);
    if (!clean) {
      await this.database.pool.query(queries.LOSE_SQL, [id, this.clock.date()]);
      return;
    }
    await this.settle([connection.agentId], 'disconnected', (em) => sql(em, queries.DISCONNECT_SQL, [id]));
  }

  /** Sets an agent's availability: one's own, or another's with `agents.presence`. Throws 404 and 403. */
  async setAvailability(caller: Authority, agentId: string, availability: Availability): Promise<PresenceView> {
    const own = caller.agentId === agentId;
    if (!own) requirePermission(caller, 'agents.presence');
    const found = await this.database.pool.query(
      'select 1 from agent where id = $1 and workspace_id = $2 and deleted_at is null',
      [agentId, caller.workspaceId],
    );
    if (found.rowCount === 0) throw notFound('agent');
    await this.settle([agentId], own ? 'chosen' : 'set_by_other', async (em) => {
      const chosen = await sql<PresenceRow>(em, queries.CHOOSE_SQL, [agentId, availability]);
      if (chosen.length > 0 && !own) this.recordOther(em, caller, agentId, availability);
      return chosen;
    });
    return this.get(agentId);
  }

  /** Ends the grace of lost connections that is over, and begins that of dead nodes' connections. */
  async sweep(): Promise<void> {
    await this.database.pool.query(queries.LOSE_ORPHANS_SQL, [this.clock.date()]);
    const before = new Date(this.clock.now() - this.config.presenceGraceMs);
    const { rows } = await this.database.pool.query<{ agent_id: string }>(queries.EXPIRED_SQL, [before]);
    const ids = rows.map((row) => row.agent_id);
    if (ids.length > 0) await this.settle(ids, 'lost', (em) => sql(em, queries.EXPIRE_SQL, [ids, before]));
  }

  async created(em: EntityManager, _workspaceId: string, agentIds: string[]): Promise<AfterCommit> {
    await sql(em, queries.START_SQL, [agentIds, this.clock.date()]);
    await sql(em, queries.OPEN_INTERVALS_SQL, [agentIds, 'created']);
    return () => Promise.resolve();
  }

  async lifecycleChanged(em: EntityManager, _workspaceId: string, agentIds: string[]): Promise<AfterCommit> {
    await sql(em, queries.LOCK_SQL, [agentIds]);
    const changed = await this.settleIn(em, agentIds, 'lifecycle');
    return () => this.tell(changed);
  }

  private async connect(connections: PresenceConnection[]): Promise<void> {
    if (connections.length === 0) return;
    const agentIds = connections.map((connection) => connection.agentId);
    await this.settle(agentIds, 'connected', (em) =>
      sql(em, queries.CONNECT_SQL, [
        connections.map((connection) => connection.id),
        connections.map((connection) => connection.workspaceId),
        agentIds,
        this.lease.nodeId,
        this.lease.bootId,
        this.clock.date(),
      ]),
    );
  }

  private async settle(
    agentIds: string[],
    cause: PresenceCause,
    change: (em: EntityManager) => Promise<PresenceRow[]>,
  ): Promise<void> {
    const changed = await this.database.systemTransaction(async (em) => {
      await sql(em, queries.LOCK_SQL, [agentIds]);
      const chosen = await change(em);
      const settled = await this.settleIn(em, agentIds, cause);
      return settled.length > 0 ? settled : chosen;
    });
    await this.tell(changed);
  }

  private async settleIn(em: EntityManager, agentIds: string[], cause: PresenceCause): Promise<PresenceRow[]> {
    const now = this.clock.date();
    const changed = await sql<PresenceRow>(em, queries.SETTLE_SQL, [agentIds, now]);
    if (changed.length > 0) {
      await sql(em, queries.CLOSE_INTERVALS_SQL, [agentIds, now]);
      await sql(em, queries.OPEN_INTERVALS_SQL, [agentIds, cause]);
    }
    return changed;
  }

  private async tell(rows: PresenceRow[]): Promise<void> {
    for (const [workspaceId, presences] of Map.groupBy(rows, (row) => row.workspace_id)) {
      await this.bus.publish('presence.changed', {
        workspaceId,
        presences: presences.map((row) => ({
          agentId: row.agent_id,
          state: row.state,
          availability: row.availability,
          connected: row.connected,
          since: row.since,
          version: row.version,
        })),
      });
    }
  }

  private async get(agentId: string): Promise<PresenceView> {
    const { rows } = await this.database.pool.query<PresenceRow>(queries.GET_SQL, [agentId]);
    const row = rows[0];
    if (!row) throw notFound('agent');
    return {
      state: row.state,
      availability: row.availability,
      connected: row.connected,
      since: new Date(row.since).toISOString(),
    };
  }

  private recordOther(em: EntityManager, caller: Authority, agentId: string, availability: Availability): void {
    this.audit.record(em, {
      actor: caller,
      workspaceId: caller.workspaceId,
      action: 'agent.presence_set',
      target: { kind: 'agent', id: agentId },
      after: { availability },
    });
  }
}
