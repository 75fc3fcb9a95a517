import { Injectable } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ChangedTeamView, Page, Permission, RevocationCause, TeamView } from '#contracts';
import { AccessChanges } from '../access/access-changes.js';
import { lockAdministration, requireAdministrator } from '../access/administrator.rule.js';
import type { Authority } from '../access/authority.js';
import { Revocations } from '../access/revocation/revocations.service.js';
import { type Actor, AuditService, difference } from '../audit/audit.service.js';
import { Credentials } from '../auth/credentials.service.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { invalid, notFound, ProblemException } from '../platform/errors/problem.exception.js';
import { violates } from '../platform/errors/to-problem.js';
import { EventBus } from '../platform/events/event-bus.js';
import { requireVersion } from '../platform/http/etag.js';
import type { PageQuery } from '../platform/http/page.js';
import { newId } from '../platform/ids.js';
import { Outbox } from '../platform/outbox/outbox.js';
import { beyond, normalize } from '../access/blueprint.js';
import type { Moved, Released, TeamMembers } from './team-members.js';
import { findTeam, listTeams } from './team-view.queries.js';
import { Team, type TeamSettings } from './team.entity.js';
import type { CreateTeamRequest, UpdateTeamRequest } from './teams.dto.js';

const DEFAULT_CAPACITY = 5;

declare module '../platform/jobs/job-registry.js' {
  interface Jobs {
    /** Brings what is derived from a team's blueprint to its current version. The key is the team's id. */
    'permissions.resync-team': true;
  }
}

@Injectable()
export class TeamsService {
  private members: TeamMembers | null = null;

  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly access: AccessChanges,
    private readonly revocations: Revocations,
    private readonly credentials: Credentials,
    private readonly outbox: Outbox,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  /** Called once at boot by the feature that has the agents. */
  useMembers(members: TeamMembers): void {
    this.members = members;
  }

  list(workspaceId: string, page: PageQuery): Promise<Page<TeamView>> {
    return listTeams(this.database.pool, workspaceId, page);
  }

  /** Throws 404. */
  async get(workspaceId: string, id: string): Promise<TeamView> {
    const team = await findTeam(this.database.pool, workspaceId, id);
    if (!team) throw notFound('team');
    return team;
  }

  /** Creates a team. 409 `name_taken`, 403 `beyond_own_rights`. */
  async create(caller: Authority, request: CreateTeamRequest): Promise<TeamView> {
    requireWithin(caller, request.permissions);
    const team = await this.named(() =>
      this.database.transaction(caller.workspaceId, async (em) => this.add(em, caller.workspaceId, request, caller)),
    );
    await this.bus.publish('team.changed', { workspaceId: caller.workspaceId, teams: [team.state()] });
    return this.get(caller.workspaceId, team.id);
  }

  /** Adds a team to the transaction of `em`. The caller publishes `team.changed` after the commit. */
  add(em: EntityManager, workspaceId: string, request: CreateTeamRequest, actor: Actor): Team {
    const now = this.clock.date();
    const team = em.create(
      Team,
      {
        id: newId(),
        workspaceId,
        name: request.name,
        description: request.description ?? null,
        status: request.status ?? 'active',
        permissions: normalize(request.permissions),
        capacity: request.capacity ?? DEFAULT_CAPACITY,
        releasePolicy: request.releasePolicy ?? 'unassign',
        blueprintVersion: 1,
        version: 1,
        createdAt: now,
        updatedAt: now,
        deletedAt: null,
      },
      { persist: true },
    );
    this.audit.record(em, {
      actor,
      workspaceId,
      action: 'team.created',
      target: { kind: 'team', id: team.id },
      after: { ...team.settings() },
    });
    return team;
  }

  /** Changes a team. A changed blueprint holds for the next request of every agent in it. */
  async update(
    caller: Authority,
    id: string,
    request: UpdateTeamRequest,
    expected: number | null,
  ): Promise<ChangedTeamView> {
    const { workspaceId } = caller;
    const { team, ...outcome } = await this.named(() =>
      this.database.transaction(workspaceId, async (em) => {
        await lockAdministration(em, workspaceId);
        const team = await this.lock(em, id);
        requireVersion(team.version, expected);
        return { team, ...(await this.change(em, caller, team, request)) };
      }),
    );
    const receipt = await this.settle(team, outcome);
    return { ...(await this.get(workspaceId, id)), ...(receipt && { receipt }) };
  }

  /**
   * Deletes a team; answers with what it was. 409 `team_in_use` while agents are in it, unless they are to move to
   * another.
   */
  async delete(
    caller: Authority,
    id: string,
    moveTo: string | undefined,
    expected: number | null,
  ): Promise<ChangedTeamView> {
    const { workspaceId } = caller;
    const last = await this.get(workspaceId, id);
    const { team, ...outcome } = await this.database.transaction(workspaceId, async (em) => {
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
    });
    const receipt = await this.settle(team, outcome);
    return { ...last, ...(receipt && { receipt }) };
  }

  /** The team, locked until the transaction ends. Throws 404. */
  async lock(em: EntityManager, id: string): Promise<Team> {
    const team = await em.findOne(Team, { id, deletedAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!team) throw notFound('team');
    return team;
  }

  /** The team an agent is put into, kept from being deleted meanwhile. Throws 422 `team_not_found`. */
  async requireForMember(em: EntityManager, id: string): Promise<Team> {
    const team = await em.findOne(Team, { id, deletedAt: null }, { lockMode: LockMode.PESSIMISTIC_READ });
    if (!team) throw invalid('teamId', 'team_not_found', 'Choose a team from GET /api/v1/teams.');
    return team;
  }

  /** After the commit: tells of the change, and waits until what was revoked is revoked everywhere. */
  private async settle(team: Team, { revocations, told }: Moved) {
    const tell = async () => {
      await told();
      await this.bus.publish('team.changed', { workspaceId: team.workspaceId, teams: [team.state()] });
    };
    const [receipt] = await Promise.all([this.revocations.confirmAll(revocations), tell()]);
    return receipt;
  }

  private async change(em: EntityManager, caller: Authority, team: Team, request: UpdateTeamRequest): Promise<Moved> {
    const before = team.settings();
    const values = request.permissions ? { ...request, permissions: normalize(request.permissions) } : request;
    if (values.permissions) {
      requireWithin(caller, beyond(new Set(team.permissions), values.permissions));
    }
    const release = await this.requireMembers().reducing(em, caller.workspaceId, team.id);
    if (!team.change(values, this.clock.date())) return NOTHING_MOVED;
    await em.flush();
    await requireAdministrator(em, caller.workspaceId);
    const after = team.settings();
    this.audit.record(em, {
      actor: caller,
      workspaceId: caller.workspaceId,
      action: 'team.updated',
      target: { kind: 'team', id: team.id },
      ...difference(before, after),
    });
    await this.outbox.add(em, caller.workspaceId, 'permissions.resync-team', [team.id]);
    const cause = takesAway(before, after);
    if (cause) return this.revoke(em, caller, team, cause, await release());
    await this.access.announce(em, { kind: 'team', id: team.id });
    return NOTHING_MOVED;
  }

  private async revoke(
    em: EntityManager,
    caller: Authority,
    team: Team,
    cause: RevocationCause,
    { told, ...released }: Released,
  ): Promise<Moved> {
    const suspended = cause === 'team_deactivated' ? await this.credentials.ofTeam(em, team.id) : {};
    const revocation = await this.revocations.add(em, {
      ...released,
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

  private async named<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!violates(error, 'team_name')) throw error;
      throw new ProblemException(
        'name_taken',
        'Another team has this name, perhaps in another case; choose a different one.',
      );
    }
  }
}

const NOTHING_MOVED: Moved = { revocations: [], told: () => Promise.resolve() };

/** How the change takes rights away; null: it doesn't. */
function takesAway(before: TeamSettings, after: TeamSettings): RevocationCause | null {
  if (before.status === 'active' && after.status === 'inactive') return 'team_deactivated';
  return beyond(new Set(after.permissions), before.permissions).length > 0 ? 'team_reduced' : null;
}

/** Nobody hands out rights they don't have. */
function requireWithin(caller: Authority, permissions: Iterable<Permission>): void {
  const missing = beyond(caller.permissions, permissions);
  if (missing.length === 0) return;
  throw new ProblemException('beyond_own_rights', `You can't grant what you don't have: ${missing.join(', ')}.`, {
    permission: missing[0],
  });
}
