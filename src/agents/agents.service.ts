import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Invitation, Receipt } from '#contracts';
import { lockAdministration, requireAdministrator } from '../access/administrator.rule.js';
import type { Authority } from '../access/authority.js';
import { Revocations } from '../access/revocation/revocations.service.js';
import { type Actor, AuditService } from '../audit/audit.service.js';
import { InvitationsService } from '../auth/invitations.service.js';
import { Passwords } from '../auth/passwords.js';
import { Clock } from '../platform/clock.js';
import { Database, sql } from '../platform/database/database.js';
import { notFound, ProblemException } from '../platform/errors/problem.exception.js';
import { violates } from '../platform/errors/to-problem.js';
import { requireVersion } from '../platform/http/etag.js';
import { newId } from '../platform/ids.js';
import { Outbox } from '../platform/outbox/outbox.js';
import { beyond } from '../access/blueprint.js';
import type { Moved, Released, TeamMembers } from '../teams/team-members.js';
import { TeamsService } from '../teams/teams.service.js';
import { AgentChanges, type AgentOutcome, noOutcome, refuseSelf } from './agent-changes.service.js';
import { Agent, type AgentSettings } from './agent.entity.js';
import { type AfterCommit, AgentParticipants } from './agent.participants.js';
import type { CreateAgentRequest, UpdateAgentRequest } from './agents.dto.js';

declare module '../platform/jobs/job-registry.js' {
  interface Jobs {
    /** Brings what is derived from an agent's rights to its team's current blueprint. The key is the agent's id. */
    'permissions.resync-agent': true;
  }
}

/** A new agent with its password already hashed. */
export type NewAgent = Omit<CreateAgentRequest, 'password'> & { passwordHash: string | null };

@Injectable()
export class AgentsService implements TeamMembers, OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly teams: TeamsService,
    private readonly changes: AgentChanges,
    private readonly revocations: Revocations,
    private readonly audit: AuditService,
    private readonly outbox: Outbox,
    private readonly invitations: InvitationsService,
    private readonly participants: AgentParticipants,
    private readonly passwords: Passwords,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.teams.useMembers(this);
  }

  /** Creates an agent; without a password it is invited to set one. 409 `email_taken`, 422 `team_not_found`. */
  async create(caller: Authority, request: CreateAgentRequest): Promise<{ id: string; invitation: Invitation | null }> {
    const { workspaceId } = caller;
    const { password, ...rest } = request;
    const passwordHash = password ? await this.passwords.hash(password) : null;
    const created = await this.unique(() =>
      this.database.transaction(workspaceId, async (em) => {
        await this.requireGrantable(em, caller, request.teamId);
        const { agents, told } = await this.add(em, workspaceId, [{ ...rest, passwordHash }], caller);
        const id = agents[0]?.id ?? '';
        const invitation = password ? null : await this.invitations.add(em, workspaceId, id);
        return { id, invitation, told };
      }),
    );
    await created.told();
    return { id: created.id, invitation: created.invitation };
  }

  /** Adds agents to the transaction of `em`. Run `told` after the commit. */
  async add(
    em: EntityManager,
    workspaceId: string,
    requests: NewAgent[],
    actor: Actor,
  ): Promise<{ agents: Agent[]; told: AfterCommit }> {
    const now = this.clock.date();
    const agents = requests.map((request) => em.create(Agent, newAgent(workspaceId, request, now), { persist: true }));
    for (const agent of agents) {
      this.audit.record(em, {
        actor,
        workspaceId,
        action: 'agent.created',
        target: { kind: 'agent', id: agent.id },
        after: { ...agent.settings() },
      });
    }
    await em.flush();
    const ids = agents.map((agent) => agent.id);
    await sql(
      em,
      `insert into agent_sync (agent_id, workspace_id, team_id)
       select id, workspace_id, team_id from agent where id = any($1::uuid[])`,
      [ids],
    );
    await this.outbox.add(em, workspaceId, ...resyncOf(agents));
    const told = await this.participants.created(em, workspaceId, ids);
    const outcome = { ...noOutcome(workspaceId), changed: agents, told };
    return { agents, told: () => this.changes.tell([outcome]) };
  }

  /**
   * Changes an agent. Saving without a change still re-syncs the agent's permissions: that is what
   * "Update Agent" is for. Resolves to the receipt when rights were taken away. 409 `last_administrator` and
   * `email_taken`, 403 `self_edit`.
   */
  async update(
    caller: Authority,
    id: string,
    request: UpdateAgentRequest,
    expected: number | null,
  ): Promise<Receipt | null> {
    const { workspaceId } = caller;
    const { password, ...values } = request;
    const passwordHash = password ? await this.passwords.hash(password) : null;
    const outcome = await this.unique(() =>
      this.database.transaction(workspaceId, async (em) => {
        await lockAdministration(em, workspaceId);
        const agent = await this.lock(em, id);
        requireVersion(agent.version, expected);
        return this.change(em, caller, agent, values, passwordHash);
      }),
    );
    return this.changes.settle([outcome]);
  }

  /** Ends an agent for good; its history stays, its e-mail is free again. 409 `last_administrator`. */
  async delete(caller: Authority, id: string, expected: number | null): Promise<Receipt | null> {
    const { workspaceId } = caller;
    const outcome = await this.database.transaction(workspaceId, async (em) => {
      await lockAdministration(em, workspaceId);
      const agent = await this.lock(em, id);
      requireVersion(agent.version, expected);
      return this.changes.end(em, caller, agent);
    });
    return this.changes.settle([outcome]);
  }

  async count(em: EntityManager, teamId: string): Promise<number> {
    return em.count(Agent, { teamId, deletedAt: null });
  }

  reducing(em: EntityManager, workspaceId: string, teamId: string): Promise<() => Promise<Released>> {
    return this.participants.reducing(em, { workspaceId, teamId });
  }

  async moveAll(em: EntityManager, caller: Authority, from: string, to: string): Promise<Moved> {
    const { workspaceId } = caller;
    await this.requireGrantable(em, caller, to);
    const agents = await em.find(
      Agent,
      { teamId: from, deletedAt: null },
      { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
    );
    const ids = agents.map((agent) => agent.id);
    const release = await this.participants.reducing(em, { workspaceId, agentIds: ids });
    for (const agent of agents) {
      const before = agent.settings();
      agent.change({ teamId: to }, this.clock.date());
      this.changes.auditChange(em, caller, agent, before);
    }
    await em.flush();
    await requireAdministrator(em, workspaceId);
    for (const agent of agents) refuseSelf(caller, agent);
    await this.changes.resetSync(em, ids);
    await this.outbox.add(em, workspaceId, 'permissions.resync-team', [to]);
    const { told, ...released } = await release();
    // Whoever is connected is still known by the team they were in.
    const revocation = await this.revocations.add(em, {
      ...released,
      workspaceId,
      subject: { kind: 'team', id: from },
      agentId: null,
      cause: 'team_deleted',
      actorId: caller.agentId,
    });
    const outcome = { ...noOutcome(workspaceId), changed: agents, told: [told] };
    return { revocations: [revocation], told: () => this.changes.tell([outcome]) };
  }

  private async change(
    em: EntityManager,
    caller: Authority,
    agent: Agent,
    values: Partial<AgentSettings>,
    passwordHash: string | null,
  ): Promise<AgentOutcome> {
    if (passwordHash || values.email) await this.requireNotAbove(em, caller, agent);
    const replaced = passwordHash ? [await this.replacePassword(em, caller, agent, passwordHash)] : [];
    if (values.teamId && values.teamId !== agent.teamId) await this.requireGrantable(em, caller, values.teamId);
    const outcome = await this.changes.change(em, caller, agent, values);
    return { ...outcome, revocations: [...replaced, ...outcome.revocations] };
  }

  /** A new password ends every session and key, and whatever invitation is still out. */
  private async replacePassword(em: EntityManager, caller: Authority, agent: Agent, passwordHash: string) {
    agent.passwordHash = passwordHash;
    agent.authEpoch++;
    await this.invitations.withdraw(em, agent.id);
    this.audit.record(em, {
      actor: caller,
      workspaceId: caller.workspaceId,
      action: 'agent.password_set',
      target: { kind: 'agent', id: agent.id },
    });
    return this.changes.endCredentials(em, caller, agent);
  }

  /** Whoever sets the password or the e-mail of somebody with more rights could become them. */
  private async requireNotAbove(em: EntityManager, caller: Authority, agent: Agent): Promise<void> {
    if (agent.id !== caller.agentId) await this.requireGrantable(em, caller, agent.teamId);
  }

  private async lock(em: EntityManager, id: string): Promise<Agent> {
    const agent = await em.findOne(Agent, { id, deletedAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!agent) throw notFound('agent');
    return agent;
  }

  /** Nobody puts an agent into a team with rights they don't have themselves. */
  private async requireGrantable(em: EntityManager, caller: Authority, teamId: string): Promise<void> {
    const team = await this.teams.requireForMember(em, teamId);
    const missing = beyond(caller.permissions, team.permissions);
    if (missing.length === 0) return;
    throw new ProblemException('beyond_own_rights', `This team can do what you can't: ${missing.join(', ')}.`, {
      permission: missing[0],
    });
  }

  private async unique<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!violates(error, 'agent_email')) throw error;
      throw new ProblemException(
        'email_taken',
        'Another agent has this e-mail, perhaps in another case; use a different one.',
        {
          errors: [{ pointer: '/email', code: 'email_taken', detail: 'Another agent has this e-mail.' }],
        },
      );
    }
  }
}

/** Beyond this, passes over their teams cost less than a job for each. */
const FEW = 20;

/** The jobs that bring what is derived from new agents' rights to their teams' blueprints. */
function resyncOf(agents: Agent[]): ['permissions.resync-agent' | 'permissions.resync-team', string[]] {
  if (agents.length <= FEW) return ['permissions.resync-agent', agents.map(({ id }) => id)];
  return ['permissions.resync-team', [...new Set(agents.map(({ teamId }) => teamId))]];
}

function newAgent(workspaceId: string, request: NewAgent, now: Date) {
  return {
    id: newId(),
    workspaceId,
    teamId: request.teamId,
    name: request.name,
    email: request.email,
    phone: request.phone,
    passwordHash: request.passwordHash,
    status: request.status ?? ('active' as const),
    hidePhone: request.hidePhone ?? false,
    notes: request.notes ?? null,
    capacity: request.capacity ?? null,
    authEpoch: 1,
    version: 1,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
}
