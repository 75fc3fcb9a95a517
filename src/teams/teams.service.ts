import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ChangedTeamView, DryRunAnswer, Page, Receipt, TeamView } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Revocations } from '../access/revocation/revocations.service.js';
import type { Actor } from '../audit/audit.service.js';
import { Database } from '../platform/database/database.js';
import { notFound, ProblemException } from '../platform/errors/problem.exception.js';
import { violates } from '../platform/errors/to-problem.js';
import { EventBus } from '../platform/events/event-bus.js';
import type { PageQuery } from '../platform/http/page.js';
import { Rehearsals } from './rehearsals.service.js';
import { findTeam, listTeams } from './team-view.queries.js';
import { type TeamOutcome, TeamWrites } from './team-writes.service.js';
import type { Team } from './team.entity.js';
import type { CreateTeamRequest, UpdateTeamRequest } from './teams.dto.js';

declare module '../platform/jobs/job-registry.js' {
  interface Jobs {
    /** Brings what is derived from a team's blueprint to its current version. The key is the team's id. */
    'permissions.resync-team': true;
  }
}

/** Teams: shown, created, changed and deleted, or only rehearsed to be. */
@Injectable()
export class TeamsService {
  constructor(
    private readonly database: Database,
    private readonly writes: TeamWrites,
    private readonly rehearsals: Rehearsals,
    private readonly revocations: Revocations,
    private readonly bus: EventBus,
  ) {}

  list(workspaceId: string, page: PageQuery): Promise<Page<TeamView>> {
    return listTeams(this.database.of(workspaceId), workspaceId, page);
  }

  /** Throws 404. */
  async get(workspaceId: string, id: string): Promise<TeamView> {
    const team = await findTeam(this.database.of(workspaceId), workspaceId, id);
    if (!team) throw notFound('team');
    return team;
  }

  /** Creates a team. 409 `name_taken`, 403 `beyond_own_rights`. */
  async create(caller: Authority, request: CreateTeamRequest): Promise<TeamView> {
    const { workspaceId } = caller;
    const outcome = await this.database.transaction(workspaceId, (em) =>
      named(() => this.writes.create(em, caller, request)),
    );
    await this.settle(outcome);
    return this.get(workspaceId, outcome.team.id);
  }

  rehearseCreate(caller: Authority, request: CreateTeamRequest): Promise<DryRunAnswer> {
    return this.rehearsals.of(caller.workspaceId, {
      affects: { agentIds: [] },
      work: (em) => named(() => this.writes.create(em, caller, request)),
      afterwards: ({ team }) => ({ teamId: team.id }),
    });
  }

  /** Adds a team to the transaction of `em`. The caller publishes `team.changed` after the commit. */
  add(em: EntityManager, workspaceId: string, request: CreateTeamRequest, actor: Actor): Team {
    return this.writes.add(em, workspaceId, request, actor);
  }

  /** Changes a team. A changed blueprint holds for the next request of every agent in it. */
  async update(
    caller: Authority,
    id: string,
    request: UpdateTeamRequest,
    expected: number | null,
  ): Promise<ChangedTeamView> {
    const { workspaceId } = caller;
    const outcome = await this.inTurn(workspaceId, (em) =>
      named(() => this.writes.update(em, caller, id, request, expected)),
    );
    const receipt = await this.settle(outcome);
    return { ...(await this.get(workspaceId, id)), ...(receipt && { receipt }) };
  }

  rehearseUpdate(
    caller: Authority,
    id: string,
    request: UpdateTeamRequest,
    expected: number | null,
  ): Promise<DryRunAnswer> {
    return this.rehearsals.of(caller.workspaceId, {
      affects: { teamId: id },
      work: (em) => named(() => this.writes.update(em, caller, id, request, expected)),
    });
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
    const outcome = await this.inTurn(workspaceId, (em) => this.writes.delete(em, caller, id, moveTo, expected));
    const receipt = await this.settle(outcome);
    return { ...last, ...(receipt && { receipt }) };
  }

  rehearseDelete(
    caller: Authority,
    id: string,
    moveTo: string | undefined,
    expected: number | null,
  ): Promise<DryRunAnswer> {
    return this.rehearsals.of(caller.workspaceId, {
      affects: { teamId: id },
      work: (em) => this.writes.delete(em, caller, id, moveTo, expected),
      afterwards: () => ({ teamId: moveTo ?? id }),
    });
  }

  /** The team an agent is put into, kept from being deleted meanwhile. Throws 422 `team_not_found`. */
  requireForMember(em: EntityManager, id: string): Promise<Team> {
    return this.writes.requireForMember(em, id);
  }

  /** Changes that could take away the last administrator wait for each other. */
  private inTurn<T>(workspaceId: string, work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inTurn(workspaceId, () => this.database.transaction(workspaceId, work));
  }

  /** After the commit: waits until what was revoked is revoked everywhere, and tells of the change. */
  private async settle({ team, revocations, told }: TeamOutcome): Promise<Receipt | null> {
    const tell = async () => {
      await told();
      await this.bus.publish('team.changed', { workspaceId: team.workspaceId, teams: [team.state()] });
    };
    return this.revocations.confirmAndTell(revocations, tell);
  }
}

async function named<T>(work: () => Promise<T>): Promise<T> {
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
