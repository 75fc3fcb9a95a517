/**
 * What changes of agents have in common, whether one, many or a whole team's: the audit entry, the revocation of what
 * is taken away, the release of what may not be held any more, the re-sync.
 *
 * Who calls: the services that change agents, with rows they have locked: `change` or `end` inside the transaction,
 * `settle` after its commit and before the reply. Guaranteed: a change that takes rights away has its revocation in
 * the same transaction. What must never happen: a reply before `settle` has confirmed it.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Receipt, RevocationCause } from '#contracts';
import { AccessChanges } from '../access/access-changes.js';
import { requireAdministrator } from '../access/administrator.rule.js';
import type { Authority } from '../access/authority.js';
import { type Revocation, Revocations } from '../access/revocation/revocations.service.js';
import { AuditService, difference } from '../audit/audit.service.js';
import { Credentials } from '../auth/credentials.service.js';
import { InvitationsService } from '../auth/invitations.service.js';
import { Clock } from '../platform/clock.js';
import { sql } from '../platform/database/database.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { EventBus } from '../platform/events/event-bus.js';
import { Outbox } from '../platform/outbox/outbox.js';
import type { Released } from '../teams/team-members.js';
import type { Agent, AgentSettings } from './agent.entity.js';
import { type AfterCommit, AgentParticipants } from './agent.participants.js';

/** What a transaction did to agents: to be settled after its commit. */
export interface AgentOutcome {
  workspaceId: string;
  changed: Agent[];
  revocations: Revocation[];
  told: AfterCommit[];
}

@Injectable()
export class AgentChanges {
  constructor(
    private readonly participants: AgentParticipants,
    private readonly revocations: Revocations,
    private readonly credentials: Credentials,
    private readonly invitations: InvitationsService,
    private readonly access: AccessChanges,
    private readonly audit: AuditService,
    private readonly outbox: Outbox,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  /** Writes new values of a locked agent. 409 `last_administrator`, 403 `self_edit`. */
  async change(
    em: EntityManager,
    caller: Authority,
    agent: Agent,
    values: Partial<AgentSettings>,
  ): Promise<AgentOutcome> {
    const outcome = noOutcome(agent.workspaceId);
    const before = agent.settings();
    const release = await this.participants.reducing(em, scopeOf(agent));
    if (agent.change(values, this.clock.date())) {
      await em.flush();
      await requireAdministrator(em, caller.workspaceId);
      if (touchesAccess(before, agent)) refuseSelf(caller, agent);
      outcome.changed.push(agent);
      this.auditChange(em, caller, agent, before);
      await this.followRights(em, caller, agent, before, release, outcome);
    }
    await this.resetSync(em, [agent.id]);
    await this.outbox.add(em, caller.workspaceId, 'permissions.resync-agent', [agent.id]);
    return outcome;
  }

  /** Ends a locked agent for good. 409 `last_administrator`, 403 `self_edit`. */
  async end(em: EntityManager, caller: Authority, agent: Agent): Promise<AgentOutcome> {
    const outcome = noOutcome(agent.workspaceId);
    const release = await this.participants.reducing(em, scopeOf(agent));
    agent.delete(this.clock.date());
    await this.invitations.withdraw(em, agent.id);
    await em.flush();
    await requireAdministrator(em, caller.workspaceId);
    refuseSelf(caller, agent);
    this.audit.record(em, {
      actor: caller,
      workspaceId: agent.workspaceId,
      action: 'agent.deleted',
      target: { kind: 'agent', id: agent.id },
      before: { ...agent.settings() },
    });
    outcome.changed.push(agent);
    outcome.told.push(...(await this.participants.lifecycleChanged(em, agent)));
    await this.revoke(em, caller, agent, 'agent_deleted', await release(), outcome);
    return outcome;
  }

  /** Ends every credential of an agent whose password was set by somebody else. */
  async endCredentials(em: EntityManager, caller: Authority, agent: Agent): Promise<Revocation> {
    const ended = await this.credentials.end(em, agent.id, 'password_changed');
    return this.revocations.add(em, {
      ...ended,
      workspaceId: agent.workspaceId,
      subject: { kind: 'agent', id: agent.id },
      agentId: agent.id,
      cause: 'password_changed',
      actorId: caller.agentId,
    });
  }

  auditChange(em: EntityManager, caller: Authority, agent: Agent, before: AgentSettings): void {
    const lifecycle = agent.status === 'inactive' ? 'agent.deactivated' : 'agent.activated';
    const moved = before.teamId === agent.teamId ? 'agent.updated' : 'agent.moved';
    this.audit.record(em, {
      actor: caller,
      workspaceId: caller.workspaceId,
      action: before.status === agent.status ? moved : lifecycle,
      target: { kind: 'agent', id: agent.id },
      ...difference(before, agent.settings()),
    });
  }

  /** Derived things count as behind until the job has been there again. */
  async resetSync(em: EntityManager, ids: string[]): Promise<void> {
    await sql(
      em,
      `update agent_sync s set synced_version = 0, team_id = a.team_id
       from agent a where a.id = s.agent_id and s.agent_id = any($1::uuid[])`,
      [ids],
    );
  }

  /** After the commit: tells of the changes, and waits until what was revoked is revoked everywhere. */
  async settle(outcomes: readonly AgentOutcome[]): Promise<Receipt | null> {
    const [receipt] = await Promise.all([
      this.revocations.confirmAll(outcomes.flatMap((outcome) => outcome.revocations)),
      this.tell(outcomes),
    ]);
    return receipt;
  }

  async tell(outcomes: readonly AgentOutcome[]): Promise<void> {
    for (const [workspaceId, some] of Map.groupBy(outcomes, (outcome) => outcome.workspaceId)) {
      const agents = some.flatMap((outcome) => outcome.changed.map((agent) => agent.state()));
      if (agents.length > 0) await this.bus.publish('agent.changed', { workspaceId, agents });
    }
    for (const { told } of outcomes) for (const tell of told) await tell();
  }

  private async followRights(
    em: EntityManager,
    caller: Authority,
    agent: Agent,
    before: AgentSettings,
    release: () => Promise<Released>,
    outcome: AgentOutcome,
  ): Promise<void> {
    if (before.status !== agent.status) outcome.told.push(...(await this.participants.lifecycleChanged(em, agent)));
    const cause = takesAway(before, agent);
    if (cause) return this.revoke(em, caller, agent, cause, await release(), outcome);
    if (touchesAccess(before, agent)) await this.access.announce(em, { kind: 'agent', id: agent.id });
  }

  private async revoke(
    em: EntityManager,
    caller: Authority,
    agent: Agent,
    cause: RevocationCause,
    { told, ...released }: Released,
    outcome: AgentOutcome,
  ): Promise<void> {
    const endsAll = cause === 'agent_deactivated' || cause === 'agent_deleted';
    const ended = endsAll ? await this.credentials.end(em, agent.id, cause) : {};
    const revocation = await this.revocations.add(em, {
      ...released,
      ...ended,
      workspaceId: agent.workspaceId,
      subject: { kind: 'agent', id: agent.id },
      agentId: agent.id,
      cause,
      actorId: caller.agentId,
    });
    outcome.revocations.push(revocation);
    outcome.told.push(told);
  }
}

export function noOutcome(workspaceId: string): AgentOutcome {
  return { workspaceId, changed: [], revocations: [], told: [] };
}

function scopeOf({ workspaceId, id }: Agent) {
  return { workspaceId, agentIds: [id] };
}

function touchesAccess(before: AgentSettings, after: AgentSettings): boolean {
  return before.teamId !== after.teamId || before.status !== after.status || before.hidePhone !== after.hidePhone;
}

/** How the change takes rights away; null: it doesn't. Another team counts whatever its blueprint says. */
function takesAway(before: AgentSettings, after: AgentSettings): RevocationCause | null {
  if (before.status === 'active' && after.status === 'inactive') return 'agent_deactivated';
  if (before.teamId !== after.teamId) return 'agent_moved';
  if (!before.hidePhone && after.hidePhone) return 'phone_hidden';
  return null;
}

/** Nobody changes their own team, status or Hide Phone, or deletes themselves. */
export function refuseSelf(caller: Authority, agent: Agent): void {
  if (caller.agentId !== agent.id) return;
  throw new ProblemException('self_edit', 'Ask another administrator to change your own team, status or Hide Phone.');
}
