/**
 * One change for many agents.
 *
 * Who calls: `AgentsService`, inside a transaction that it commits or rehearses. Guaranteed: each agent is changed as
 * alone, or left as it was with the reason alone; whether somebody is left who can manage agents counts over the
 * whole. The statements don't multiply with the agents.
 */
import { Injectable } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { BulkAgentsChange } from '#contracts';
import { hasAdministrator, lastAdministrator, lockAdministration } from '../access/administrator.rule.js';
import type { Authority } from '../access/authority.js';
import { notFound, type ProblemException } from '../platform/errors/problem.exception.js';
import type { Team } from '../teams/team.entity.js';
import { TeamWrites } from '../teams/team-writes.service.js';
import { doesMore, revives, selfEdit, showsMore, touchesAccess } from './agent-access.rule.js';
import { AgentChanges, type AgentOutcome } from './agent-changes.service.js';
import { Agent } from './agent.entity.js';

/** What became of one agent: its version, or why it was left as it was. */
export type BulkResult = { id: string } & ({ version: number } | { refusal: ProblemException });

export interface BulkOutcome extends AgentOutcome {
  /** In the order in which they were named. */
  results: BulkResult[];
}

@Injectable()
export class BulkAgents {
  constructor(
    private readonly teams: TeamWrites,
    private readonly changes: AgentChanges,
  ) {}

  /** Throws 422 `team_not_found`; everything else is said of each agent. */
  async change(em: EntityManager, caller: Authority, ids: string[], set: BulkAgentsChange): Promise<BulkOutcome> {
    await lockAdministration(em, caller.workspaceId);
    const agents = await this.lockAll(em, ids);
    const team = set.teamId ? await this.teams.requireForMember(em, set.teamId) : null;
    const own = await this.ownTeams(em, agents.values(), set, team);
    const refusals = new Map<string, ProblemException>();
    for (const agent of agents.values()) {
      const refusal = refusalOf(caller, agent, set, team ?? own.get(agent.teamId) ?? null);
      if (refusal) refusals.set(agent.id, refusal);
    }
    const accepted = [...agents.values()].filter(({ id }) => !refusals.has(id));
    const outcome = await this.changes.changeAll(
      em,
      caller,
      accepted.map((agent) => ({ agent, values: set })),
    );
    if (refusals.has(caller.agentId) && (await this.wouldBeLast(em, caller, set, team))) {
      refusals.set(caller.agentId, lastAdministrator());
    }
    return { ...outcome, results: ids.map((id) => resultOf(id, agents.get(id), refusals.get(id))) };
  }

  private async lockAll(em: EntityManager, ids: string[]): Promise<Map<string, Agent>> {
    const options = { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } } as const;
    const agents = await em.find(Agent, { id: { $in: ids }, deletedAt: null }, options);
    return new Map(agents.map((agent) => [agent.id, agent]));
  }

  /** The teams whose rights agents get back who stay where they are; kept from being changed meanwhile. */
  private async ownTeams(
    em: EntityManager,
    agents: Iterable<Agent>,
    set: BulkAgentsChange,
    team: Team | null,
  ): Promise<Map<string, Team>> {
    if (team) return new Map();
    const ids = [...agents].filter((agent) => revives(agent, set)).map(({ teamId }) => teamId);
    return this.teams.lockForMembers(em, new Set(ids));
  }

  /** Had the caller been changed too, after all others. */
  private async wouldBeLast(
    em: EntityManager,
    caller: Authority,
    set: BulkAgentsChange,
    team: Team | null,
  ): Promise<boolean> {
    const wouldStay = set.status !== 'inactive' && (!team || canAdminister(team));
    return !wouldStay && !(await hasAdministrator(em, caller.workspaceId, caller.agentId));
  }
}

function refusalOf(caller: Authority, agent: Agent, set: BulkAgentsChange, team: Team | null): ProblemException | null {
  const before = agent.settings();
  if (agent.id === caller.agentId && touchesAccess(before, { ...before, ...set })) return selfEdit();
  const after = { ...before, ...set };
  const isRevived = revives(before, set);
  const shows = isRevived || after.hidePhone !== before.hidePhone ? showsMore(caller, after) : null;
  return shows ?? (team && (isRevived || team.id !== before.teamId) ? doesMore(caller, team) : null);
}

function resultOf(id: string, agent: Agent | undefined, refusal: ProblemException | undefined): BulkResult {
  if (!agent) return { id, refusal: notFound('agent') };
  return refusal ? { id, refusal } : { id, version: agent.version };
}

function canAdminister(team: Team): boolean {
  return team.status === 'active' && team.permissions.includes('agents.manage');
}
