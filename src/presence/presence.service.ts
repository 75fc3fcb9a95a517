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
import type { PresenceConnection } from './connection-changes.js';
import { PresenceConnections } from './presence-connections.js';
import { causesOf, type PresenceCause, PresenceTransitions } from './presence-transitions.js';
import * as queries from './presence.queries.js';
import type { PresenceRow } from './presence.queries.js';

@Injectable()
export class PresenceService implements OnModuleInit, AgentParticipant {
  constructor(
    private readonly database: Database,
    private readonly participants: AgentParticipants,
    private readonly audit: AuditService,
    private readonly connections: PresenceConnections,
    private readonly transitions: PresenceTransitions,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.participants.join(this);
  }

  /** A socket of the agent came; the agent is connected when this resolves. */
  connectionOpened(connection: PresenceConnection): Promise<void> {
    return this.connections.opened(connection);
  }

  /** A socket went: cleanly (logout, closed by the user) at once, otherwise the grace begins. */
  connectionClosed(id: string, how: { clean: boolean }): Promise<void> {
    return this.connections.closed(id, how);
  }

  /** Sets an agent's availability: one's own, or another's with `agents.presence`. Throws 404 and 403. */
  async setAvailability(caller: Authority, agentId: string, availability: Availability): Promise<PresenceView> {
    const own = caller.agentId === agentId;
    if (!own) requirePermission(caller, 'agents.presence');
    const found = await this.database
      .of(caller.workspaceId)
      .query('select 1 from agent where id = $1 and workspace_id = $2 and deleted_at is null', [
        agentId,
        caller.workspaceId,
      ]);
    if (found.rowCount === 0) throw notFound('agent');
    const changed = await this.database.transaction(caller.workspaceId, (em) =>
      this.settle(em, [agentId], own ? 'chosen' : 'set_by_other', async () => {
        const chosen = await sql<PresenceRow>(em, queries.CHOOSE_SQL, [agentId, availability]);
        if (chosen.length > 0 && !own) this.recordOther(em, caller, agentId, availability);
        return chosen;
      }),
    );
    await this.transitions.tell(changed);
    return this.get(caller.workspaceId, agentId);
  }

  /** An agent's presence now. Throws 404. */
  async get(workspaceId: string, agentId: string): Promise<PresenceView> {
    const { rows } = await this.database.of(workspaceId).query<PresenceRow>(queries.GET_SQL, [agentId, workspaceId]);
    const row = rows[0];
    if (!row) throw notFound('agent');
    return {
      state: row.state,
      availability: row.availability,
      connected: row.connected,
      since: new Date(row.since).toISOString(),
    };
  }

  /** Ends the grace of lost connections that is over, and begins that of dead nodes' connections. */
  async sweep(): Promise<void> {
    await this.connections.sweep();
    await this.database.pool.query(queries.LOSE_ORPHANS_SQL, [this.clock.date()]);
    const before = new Date(this.clock.now() - this.config.presenceGraceMs);
    const { rows } = await this.database.pool.query<{ agent_id: string }>(queries.EXPIRED_SQL, [before]);
    const ids = rows.map((row) => row.agent_id);
    if (ids.length === 0) return;
    const changed = await this.database.systemTransaction((em) =>
      this.settle(em, ids, 'lost', () => sql(em, queries.EXPIRE_SQL, [ids, before])),
    );
    await this.transitions.tell(changed);
  }

  async created(em: EntityManager, _workspaceId: string, agentIds: string[]): Promise<AfterCommit> {
    await this.transitions.start(em, agentIds);
    return () => Promise.resolve();
  }

  async lifecycleChanged(em: EntityManager, _workspaceId: string, agentIds: string[]): Promise<AfterCommit> {
    await this.transitions.lock(em, agentIds);
    const changed = await this.transitions.settle(em, causesOf(agentIds, 'lifecycle'));
    return () => this.transitions.tell(changed);
  }

  private async settle(
    em: EntityManager,
    agentIds: string[],
    cause: PresenceCause,
    change: () => Promise<PresenceRow[]>,
  ): Promise<PresenceRow[]> {
    await this.transitions.lock(em, agentIds);
    const chosen = await change();
    const settled = await this.transitions.settle(em, causesOf(agentIds, cause));
    return settled.length > 0 ? settled : chosen;
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
