import { Body, Controller, Delete, Get, Headers, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { ChangedTeamView, DryRunAnswer, Page, TeamView } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { DryRunQuery } from '../platform/http/dry-run.js';
import { expectedVersion } from '../platform/http/etag.js';
import { idOf } from '../platform/http/id.pipe.js';
import { PageQuery } from '../platform/http/page.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { CreateTeamRequest, DeleteTeamQuery, UpdateTeamRequest } from './teams.dto.js';
import { TeamsService } from './teams.service.js';

const teamId = idOf('team');

@ApiTags('teams')
@Controller('teams')
export class TeamsController {
  constructor(private readonly teams: TeamsService) {}

  /** Sort by name, createdAt, updatedAt or status; `q` searches names. */
  @Get()
  @Requires('teams.read')
  @Returns('TeamView', { list: true })
  list(@Caller() caller: Authority, @Query() page: PageQuery): Promise<Page<TeamView>> {
    return this.teams.list(caller.workspaceId, page);
  }

  /** A new team without agents. Only permissions that the caller has can be given to it. */
  @Post()
  @Requires('teams.manage')
  @Refuses('name_taken', 'beyond_own_rights')
  @Returns('TeamView', { status: 201, dryRun: true })
  create(
    @Caller() caller: Authority,
    @Body() request: CreateTeamRequest,
    @Query() { dryRun }: DryRunQuery,
  ): Promise<TeamView | DryRunAnswer> {
    return dryRun ? this.teams.rehearseCreate(caller, request) : this.teams.create(caller, request);
  }

  /** The team with its blueprint, and how far its agents are synced with it. */
  @Get(':id')
  @Requires('teams.read')
  @Returns('TeamView')
  get(@Caller() caller: Authority, @Param('id', teamId) id: string): Promise<TeamView> {
    return this.teams.get(caller.workspaceId, id);
  }

  /**
   * A changed blueprint holds for the next request of every agent in the team, on every node. What takes rights away
   * answers with a receipt.
   */
  @Patch(':id')
  @Requires('teams.manage')
  @Refuses('name_taken', 'beyond_own_rights', 'last_administrator')
  @Returns('ChangedTeamView', { dryRun: true })
  update(
    @Caller() caller: Authority,
    @Param('id', teamId) id: string,
    @Body() request: UpdateTeamRequest,
    @Query() { dryRun }: DryRunQuery,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ChangedTeamView | DryRunAnswer> {
    const expected = expectedVersion(ifMatch);
    if (dryRun) return this.teams.rehearseUpdate(caller, id, request, expected);
    return this.teams.update(caller, id, request, expected);
  }

  /** Answers with the team as it was. Refused while agents are in it, unless `moveTo` says where they go. */
  @Delete(':id')
  @Requires('teams.manage')
  @Refuses('team_in_use', 'self_edit', 'beyond_own_rights', 'last_administrator')
  @Returns('ChangedTeamView', { dryRun: true })
  delete(
    @Caller() caller: Authority,
    @Param('id', teamId) id: string,
    @Query() { moveTo, dryRun }: DeleteTeamQuery,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ChangedTeamView | DryRunAnswer> {
    const expected = expectedVersion(ifMatch);
    if (dryRun) return this.teams.rehearseDelete(caller, id, moveTo, expected);
    return this.teams.delete(caller, id, moveTo, expected);
  }
}
