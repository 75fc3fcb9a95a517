/**
 * What changes of agents have in common, whether one, many or a whole team's: the audit entry, the revocation of what
 * is taken away, the release of what may not be held any more, the re-sync.
 *
 * Who calls: what changes agents, with rows it has locked: `change` or `end` inside the transaction, `settle` after
 * its commit and before the reply. Guaranteed: a change that takes rights away has its revocation in the same
 * transaction; many agents cost about as many statements as one. What must never happen: a reply before `settle` has
 * confirmed it.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Receipt, RevocationCause } from '#contracts';
import { AccessChanges } from '../access/access-changes.js';
import { requireAdministrator } from '../access/administrator.rule.js';
import type { Authority } from '../access/authority.js';
import { type Revocation, Revocations } from '../access/revocation/revocations.service.js';
import { AuditService, difference } from '../audit/audit.service.js';
import { type CredentialCounts, Credentials } from '../auth/credentials.service.js';
import { InvitationsService } from '../auth/invitations.service.js';
import { Clock } from '../platform/clock.js';
import { sql } from '../platform/database/database.js';
import { EventBus } from '../platform/events/event-bus.js';
import { Outbox } from '../platform/outbox/outbox.js';
import type { Released } from '../teams/team-members.js';
import { refuseSelf, takesAway, touchesAccess } from './agent-access.rule.js';
import type { Agent, AgentSettings } from './agent.entity.js';
import { type AfterCommit, AgentParticipants } from './agent.participants.js';
import { resyncOf } from './agent-resync.js';

/** New values for a locked agent. */
export interface AgentChange {
  agent: Agent;
  values: Partial<AgentSettings>;
}

/** An agent that was changed, with what it was before. */
interface Changed {
  agent: Agent;
  before: AgentSettings;
}

/** Somebody whose rights are taken away, and how. */
interface Reduced {
  agent: Agent;
  cause: RevocationCause;
}

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
  change(em: EntityManager, caller: Authority, agent: Agent, values: Partial<AgentSettings>): Promise<AgentOutcome> {
    return this.changeAll(em, caller, [{ agent, values }]);
  }

  /**
   * Writes new values of locked agents: all or, when one may not be changed so, none. 409 `last_administrator` counts
   * over the whole; 403 `self_edit`.
   */
  async changeAll(em: EntityManager, caller: Authority, changes: readonly AgentChange[]): Promise<AgentOutcome> {
    const outcome = noOutcome(caller.workspaceId);
    const agents = changes.map(({ agent }) => agent);
    if (agents.length === 0) return outcome;
    const release = await this.participants.reducing(em, scopeOf(caller.workspaceId, agents));
    const changed = changes.flatMap((change) => this.apply(change));
    if (changed.length > 0) {
      await em.flush();
      await requireAdministrator(em, caller.workspaceId);
      for (const { agent, before } of changed) if (touchesAccess(before, agent)) refuseSelf(caller, agent.id);
      for (const { agent, before } of changed) this.auditChange(em, caller, agent, before);
      outcome.changed.push(...changed.map(({ agent }) => agent));
      await this.followRights(em, caller, changed, release, outcome);
    }
    await this.resync(em, caller.workspaceId, agents);
    return outcome;
  }

  /** Ends a locked agent for good. 409 `last_administrator`, 403 `self_edit`. */
  async end(em: EntityManager, caller: Authority, agent: Agent): Promise<AgentOutcome> {
    const outcome = noOutcome(agent.workspaceId);
    const release = await this.participants.reducing(em, scopeOf(agent.workspaceId, [agent]));
    agent.delete(this.clock.date());
    await this.invitations.withdraw(em, agent.id);
    await em.flush();
    await requireAdministrator(em, caller.workspaceId);
    refuseSelf(caller, agent.id);
    this.audit.record(em, {
      actor: caller,
      workspaceId: agent.workspaceId,
      action: 'agent.deleted',
      target: { kind: 'agent', id: agent.id },
      before: { ...agent.settings() },
    });
    outcome.changed.push(agent);
    outcome.told.push(...(await this.participants.lifecycleChanged(em, agent.workspaceId, [agent.id])));
    await this.revoke(em, caller, [{ agent, cause: 'agent_deleted' }], await release(), outcome);
    return outcome;
  }

  /** Ends every credential of an agent whose password was set by somebody else. */
  async endCredentials(em: EntityManager, caller: Authority, agent: Agent): Promise<Revocation> {
    const ended = await this.credentials.end(em, agent.id, 'password_changed');
    return this.revocations.add(em, { ...revocationOf(caller, { agent, cause: 'password_changed' }), ...ended });
  }

  private auditChange(em: EntityManager, caller: Authority, agent: Agent, before: AgentSettings): void {
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

  /** After the commit: waits until what was revoked is revoked everywhere, and tells of the changes. */
  async settle(outcomes: readonly AgentOutcome[]): Promise<Receipt | null> {
    const revocations = outcomes.flatMap((outcome) => outcome.revocations);
    return this.revocations.confirmAndTell(revocations, () => this.tell(outcomes));
  }

  async tell(outcomes: readonly AgentOutcome[]): Promise<void> {
    const told = outcomes.flatMap((outcome) => outcome.told).map((tell) => tell());
    for (const [workspaceId, some] of Map.groupBy(outcomes, (outcome) => outcome.workspaceId)) {
      const agents = some.flatMap((outcome) => outcome.changed.map((agent) => agent.state()));
      if (agents.length > 0) told.push(this.bus.publish('agent.changed', { workspaceId, agents }));
    }
    await Promise.all(told);
  }

  private apply({ agent, values }: AgentChange): Changed[] {
    const before = agent.settings();
    return agent.change(values, this.clock.date()) ? [{ agent, before }] : [];
  }

  private async followRights(
    em: EntityManager,
    caller: Authority,
    changed: readonly Changed[],
    release: () => Promise<Released>,
    outcome: AgentOutcome,
  ): Promise<void> {
    const revived = changed.filter(({ agent, before }) => before.status !== agent.status);
    const ids = revived.map(({ agent }) => agent.id);
    outcome.told.push(...(await this.participants.lifecycleChanged(em, caller.workspaceId, ids)));
    const reduced = changed.flatMap(({ agent, before }) => {
      const cause = takesAway(before, agent);
      return cause ? [{ agent, cause }] : [];
    });
    const others = changed.filter(({ agent, before }) => touchesAccess(before, agent) && !takesAway(before, agent));
    if (reduced.length > 0) await this.revoke(em, caller, reduced, await release(), outcome);
    if (others.length > 0) {
      await this.access.announceAll(
        em,
        others.map(({ agent }) => ({ kind: 'agent', id: agent.id })),
      );
    }
  }

  private async revoke(
    em: EntityManager,
    caller: Authority,
    reduced: readonly Reduced[],
    released: Released,
    outcome: AgentOutcome,
  ): Promise<void> {
    const ended = await this.endAll(em, reduced);
    const revocations = reduced.map((each) => {
      const { id } = each.agent;
      return { ...released.of(id), ...ended.get(id), ...revocationOf(caller, each) };
    });
    outcome.revocations.push(...(await this.revocations.addAll(em, revocations)));
    outcome.told.push(released.told);
  }

  /** Ends the credentials of those who are gone. */
  private async endAll(em: EntityManager, reduced: readonly Reduced[]): Promise<Map<string, CredentialCounts>> {
    const ended = new Map<string, CredentialCounts>();
    for (const cause of ['agent_deactivated', 'agent_deleted'] as const) {
      const ids = reduced.filter((each) => each.cause === cause).map(({ agent }) => agent.id);
      for (const [id, counts] of await this.credentials.endAll(em, ids, cause)) ended.set(id, counts);
    }
    return ended;
  }

  private async resync(em: EntityManager, workspaceId: string, agents: readonly Agent[]): Promise<void> {
    await this.resetSync(
      em,
      agents.map(({ id }) => id),
    );
    await this.outbox.add(em, workspaceId, ...resyncOf(agents));
  }
}

export function noOutcome(workspaceId: string): AgentOutcome {
  return { workspaceId, changed: [], revocations: [], told: [] };
}

function scopeOf(workspaceId: string, agents: readonly Agent[]) {
  return { workspaceId, agentIds: agents.map(({ id }) => id) };
}

function revocationOf(caller: Authority, { agent, cause }: Reduced) {
  const subject = { kind: 'agent' as const, id: agent.id };
  return { workspaceId: agent.workspaceId, subject, agentId: agent.id, cause, actorId: caller.agentId };
}
