/**
 * What the calls that write teams do inside their transaction, and under which rules.
 *
 * Who calls: `TeamsService`, which commits it, or rehearses it and rolls it back. Guaranteed: nobody hands out rights
 * they don't have, and somebody is left who can manage agents; what takes rights away has its revocation in the same
 * transaction. What must never happen: anything outside the transaction of `em`.
 */
import { Injectable } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Permission, RevocationCause } from '#contracts';
import { AccessChanges } from '../access/access-changes.js';
import { lockAdministration, requireAdministrator } from '../access/administrator.rule.js';
import type { Authority } from '../access/authority.js';
import { beyond, normalize } from '../access/blueprint.js';
import { Revocations } from '../access/revocation/revocations.service.js';
import { type Actor, AuditService, difference } from '../audit/audit.service.js';
import { Credentials } from '../auth/credentials.service.js';
import { Clock } from '../platform/clock.js';
import { invalid, notFound, ProblemException } from '../platform/errors/problem.exception.js';
import { requireVersion } from '../platform/http/etag.js';
import { newId } from '../platform/ids.js';
import { Outbox } from '../platform/outbox/outbox.js';
import type { Moved, Released, TeamMembers } from './team-members.js';
import { Team, type TeamSettings } from './team.entity.js';
import type { CreateTeamRequest, UpdateTeamRequest } from './teams.dto.js';

const DEFAULT_CAPACITY = 5;

/** What a transaction did to a team and its members: to be settled after its commit. */
export interface TeamOutcome extends Moved {
  team: Team;
}

@Injectable()
export class TeamWrites {
  private members: TeamMembers | null = null;

  constructor(
    private readonly audit: AuditService,
    private readonly access: AccessChanges,
    private readonly revocations: Revocations,
    private readonly credentials: Credentials,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Called once at boot by the feature that has the agents. */
  useMembers(members: TeamMembers): void {
    this.members = members;
  }

  /** 403 `beyond_own_rights`. */
  async create(em: EntityManager, caller: Authority, request: CreateTeamRequest): Promise<TeamOutcome> {
    requireWithin(caller, request.permissions);
    const team = this.add(em, caller.workspaceId, request, caller);
    await em.flush();
    return { team, ...NOTHING_MOVED };
  }

  /** Adds a team to the transaction of `em`; whoever calls has made sure that `actor` may. */
  add(em: EntityManager, workspaceId: string, request: CreateTeamRequest, actor: Actor): Team {
    const team = em.create(Team, newTeam(workspaceId, request, this.clock.date()), { persist: true });
    this.audit.record(em, {
      actor,
      workspaceId,
      action: 'team.created',
      target: { kind: 'team', id: team.id },
      after: { ...team.settings() },
    });
    return team;
  }

  async update(
    em: EntityManager,
    caller: Authority,
    id: string,
    request: UpdateTeamRequest,
    expected: number | null,
  ): Promise<TeamOutcome> {
    await lockAdministration(em, caller.workspaceId);
    const team = await this.lock(em, id);
    requireVersion(team.version, expected);
    return { team, ...(await this.change(em, caller, team, request)) };
  }

  /** 409 `team_in_use` while agents are in it, unless they are to move to another. */
  async delete(
    em: EntityManager,
    caller: Authority,
    id: string,
    moveTo: string | undefined,
    expected: number | null,
  ): Promise<TeamOutcome> {
    const { workspaceId } = caller;
    await lockAdministration(em, workspaceId);
    const team = await this.lock(em, id);
    requireVersion(team.version, expected);
    const moved = await this.empty(em, caller, team, moveTo);
    this.audit.record(em, {
      actor: caller,
      workspaceId,
      action: 'team.deleted',
      target: { kind: 'team', id },
      before: { ...team.settings() },
    });
    team.delete(this.clock.date());
    await em.flush();
    await requireAdministrator(em, workspaceId);
    return { team, ...moved };
  }

  /** The team an agent is put into, kept from being deleted meanwhile. Throws 422 `team_not_found`. */
  async requireForMember(em: EntityManager, id: string): Promise<Team> {
    const team = await em.findOne(Team, { id, deletedAt: null }, { lockMode: LockMode.PESSIMISTIC_READ });
    if (!team) throw invalid('teamId', 'team_not_found', 'Choose a team from GET /api/v1/teams.');
    return team;
  }

  /** As `requireForMember`, of many; those that aren't there are missing. */
  async lockForMembers(em: EntityManager, ids: ReadonlySet<string>): Promise<Map<string, Team>> {
    if (ids.size === 0) return new Map();
    const options = { lockMode: LockMode.PESSIMISTIC_READ, orderBy: { id: 'asc' } } as const;
    const teams = await em.find(Team, { id: { $in: [...ids] }, deletedAt: null }, options);
    return new Map(teams.map((team) => [team.id, team]));
  }

  /** The team, locked until the transaction ends. Throws 404. */
  private async lock(em: EntityManager, id: string): Promise<Team> {
    const team = await em.findOne(Team, { id, deletedAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!team) throw notFound('team');
    return team;
  }

  /** Saving without a change still syncs everybody in the team anew: that is what "Update Team" is for. */
  private async resync(em: EntityManager, team: Team): Promise<Moved> {
    team.renewBlueprint();
    await em.flush();
    await this.outbox.add(em, team.workspaceId, 'permissions.resync-team', [team.id]);
    return NOTHING_MOVED;
  }

  private async change(em: EntityManager, caller: Authority, team: Team, request: UpdateTeamRequest): Promise<Moved> {
    const before = team.settings();
    const values = request.permissions ? { ...request, permissions: normalize(request.permissions) } : request;
    requireWithin(caller, given(before, { ...before, ...values }));
    if (caller.hidePhone && revives(before, { ...before, ...values })) await this.requireHidden(em, team);
    const cause = takesAway(before, { ...before, ...values });
    const release = cause && (await this.requireMembers().reducing(em, caller.workspaceId, team.id));
    if (!team.change(values, this.clock.date())) return this.resync(em, team);
    await em.flush();
    await requireAdministrator(em, caller.workspaceId);
    this.audit.record(em, {
      actor: caller,
      workspaceId: caller.workspaceId,
      action: 'team.updated',
      target: { kind: 'team', id: team.id },
      ...difference(before, team.settings()),
    });
    await this.outbox.add(em, caller.workspaceId, 'permissions.resync-team', [team.id]);
    if (cause && release) return this.revoke(em, caller, team, cause, await release());
    await this.access.announce(em, { kind: 'team', id: team.id });
    return NOTHING_MOVED;
  }

  /** Who may not see numbers gives nobody the sight of them back: they could become whom they revive. */
  private async requireHidden(em: EntityManager, team: Team): Promise<void> {
    if (!(await this.requireMembers().showsNumbers(em, team.id))) return;
    throw new ProblemException(
      'beyond_own_rights',
      "Customer numbers are hidden from you, so you can't reactivate a team with agents who see them.",
    );
  }

  private async revoke(
    em: EntityManager,
    caller: Authority,
    team: Team,
    cause: RevocationCause,
    { conversationsReleased, listsLeft, told }: Released,
  ): Promise<Moved> {
    const suspended = cause === 'team_deactivated' ? await this.credentials.ofTeam(em, team.id) : {};
    const revocation = await this.revocations.add(em, {
      conversationsReleased,
      listsLeft,
      ...suspended,
      workspaceId: team.workspaceId,
      subject: { kind: 'team', id: team.id },
      agentId: null,
      cause,
      actorId: caller.agentId,
    });
    return { revocations: [revocation], told };
  }

  private async empty(em: EntityManager, caller: Authority, team: Team, moveTo: string | undefined): Promise<Moved> {
    const members = this.requireMembers();
    if ((await members.count(em, team.id)) === 0) return NOTHING_MOVED;
    if (!moveTo || moveTo === team.id) {
      throw new ProblemException('team_in_use', 'Agents are in this team; name another with ?moveTo=ID.');
    }
    return members.moveAll(em, caller, team.id, moveTo);
  }

  private requireMembers(): TeamMembers {
    if (!this.members) throw new Error('No feature has registered the members of teams.');
    return this.members;
  }
}

const NOTHING_MOVED: Moved = { revocations: [], told: () => Promise.resolve() };

function newTeam(workspaceId: string, request: CreateTeamRequest, now: Date) {
  return {
    id: newId(),
    workspaceId,
    name: request.name,
    description: request.description ?? null,
    status: request.status ?? ('active' as const),
    permissions: normalize(request.permissions),
    capacity: request.capacity ?? DEFAULT_CAPACITY,
    releasePolicy: request.releasePolicy ?? ('unassign' as const),
    autoAssign: request.autoAssign ?? false,
    blueprintVersion: 1,
    version: 1,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
}

/** How the change takes rights away; null: it doesn't. */
function takesAway(before: TeamSettings, after: TeamSettings): RevocationCause | null {
  if (before.status === 'active' && after.status === 'inactive') return 'team_deactivated';
  return beyond(new Set(after.permissions), before.permissions).length > 0 ? 'team_reduced' : null;
}

function revives(before: TeamSettings, after: TeamSettings): boolean {
  return before.status === 'inactive' && after.status === 'active';
}

/** What the change hands out; a team that becomes active gets all it can back. */
function given(before: TeamSettings, after: TeamSettings): Permission[] {
  if (revives(before, after)) return after.permissions;
  return beyond(new Set(before.permissions), after.permissions);
}

/** Nobody hands out rights they don't have. */
function requireWithin(caller: Authority, permissions: Iterable<Permission>): void {
  const missing = beyond(caller.permissions, permissions);
  if (missing.length === 0) return;
  throw new ProblemException('beyond_own_rights', `You can't grant what you don't have: ${missing.join(', ')}.`, {
    permission: missing[0],
  });
}
