/**
 * What the calls that write agents do inside their transaction, and under which rules.
 *
 * Who calls: `AgentsService`, which commits it, or rehearses it and rolls it back: a dry run can't disagree with the
 * real call. Guaranteed: nobody hands out more than they have, nobody changes their own access, and somebody is left
 * who can manage agents. What must never happen: anything outside the transaction of `em`; what follows the commit is
 * in the outcome.
 */
import { Injectable } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Invitation } from '#contracts';
import { lockAdministration } from '../access/administrator.rule.js';
import type { Authority } from '../access/authority.js';
import { AuditService } from '../audit/audit.service.js';
import { InvitationsService } from '../auth/invitations.service.js';
import { notFound, ProblemException } from '../platform/errors/problem.exception.js';
import { requireVersion } from '../platform/http/etag.js';
import type { Team } from '../teams/team.entity.js';
import { TeamWrites } from '../teams/team-writes.service.js';
import { doesMore, requireMayShow, revives } from './agent-access.rule.js';
import { AgentChanges, type AgentOutcome } from './agent-changes.service.js';
import { Agent, type AgentSettings } from './agent.entity.js';
import { type NewAgent, NewAgents } from './new-agents.service.js';

/** The transaction in which an agent was created. */
export interface AgentCreated extends AgentOutcome {
  id: string;
  invitation: Invitation | null;
}

/** New values of an agent, its password already hashed. */
export interface AgentValues {
  values: Partial<AgentSettings>;
  passwordHash: string | null;
}

@Injectable()
export class AgentWrites {
  constructor(
    private readonly teams: TeamWrites,
    private readonly newAgents: NewAgents,
    private readonly changes: AgentChanges,
    private readonly audit: AuditService,
    private readonly invitations: InvitationsService,
  ) {}

  /** Without a password the agent is invited to set one. 422 `team_not_found`, 403 `beyond_own_rights`. */
  async create(em: EntityManager, caller: Authority, request: NewAgent): Promise<AgentCreated> {
    const { workspaceId } = caller;
    await this.requireGrantable(em, caller, request.teamId);
    requireMayShow(caller, { hidePhone: request.hidePhone ?? false });
    const outcome = await this.newAgents.add(em, workspaceId, [request], caller);
    const id = outcome.changed[0]?.id ?? '';
    const invitation = request.passwordHash ? null : await this.invitations.add(em, workspaceId, id);
    return { ...outcome, id, invitation };
  }

  async update(
    em: EntityManager,
    caller: Authority,
    id: string,
    { values, passwordHash }: AgentValues,
    expected: number | null,
  ): Promise<AgentOutcome> {
    await lockAdministration(em, caller.workspaceId);
    const agent = await this.lock(em, id);
    requireVersion(agent.version, expected);
    if (passwordHash) refuseOwnPassword(caller, agent);
    if (passwordHash || values.email) await this.requireNotAbove(em, caller, agent);
    await this.requireMayGive(em, caller, agent, values);
    // What was mailed to the address before, somebody else may have got.
    if (isReaddressed(agent, values)) await this.invitations.withdraw(em, agent.id);
    const replaced = passwordHash ? [await this.replacePassword(em, caller, agent, passwordHash)] : [];
    const outcome = await this.changes.change(em, caller, agent, values);
    return { ...outcome, revocations: [...replaced, ...outcome.revocations] };
  }

  async end(em: EntityManager, caller: Authority, id: string, expected: number | null): Promise<AgentOutcome> {
    await lockAdministration(em, caller.workspaceId);
    const agent = await this.lock(em, id);
    requireVersion(agent.version, expected);
    return this.changes.end(em, caller, agent);
  }

  /** Nobody puts an agent into a team with rights they don't have themselves. Throws 422 `team_not_found`. */
  async requireGrantable(em: EntityManager, caller: Authority, teamId: string): Promise<Team> {
    const team = await this.teams.requireForMember(em, teamId);
    const refusal = doesMore(caller, team);
    if (refusal) throw refusal;
    return team;
  }

  /** The rules for the team and Hide Phone that the agent gets, or gets back. */
  private async requireMayGive(
    em: EntityManager,
    caller: Authority,
    agent: Agent,
    values: Partial<AgentSettings>,
  ): Promise<void> {
    const { teamId, hidePhone } = { ...agent.settings(), ...values };
    const isRevived = revives(agent, values);
    if (isRevived || teamId !== agent.teamId) await this.requireGrantable(em, caller, teamId);
    if (isRevived || hidePhone !== agent.hidePhone) requireMayShow(caller, { hidePhone });
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

  /**
   * Whoever sets the password or the e-mail of somebody with more rights could become them. That holds for oneself
   * too: an API key has less than its maker.
   */
  private async requireNotAbove(em: EntityManager, caller: Authority, agent: Agent): Promise<void> {
    await this.requireGrantable(em, caller, agent.teamId);
    requireMayShow(caller, agent);
  }

  private async lock(em: EntityManager, id: string): Promise<Agent> {
    const agent = await em.findOne(Agent, { id, deletedAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!agent) throw notFound('agent');
    return agent;
  }
}

function isReaddressed(agent: Agent, { email }: Partial<AgentSettings>): boolean {
  return email !== undefined && email.toLowerCase() !== agent.email.toLowerCase();
}

/** One's own password is changed by showing the current one: a session that was stolen must not become the account. */
function refuseOwnPassword(caller: Authority, agent: Agent): void {
  if (caller.agentId !== agent.id) return;
  const detail = 'Change your own password with POST /api/v1/auth/password and the current one.';
  throw new ProblemException('self_edit', detail);
}
