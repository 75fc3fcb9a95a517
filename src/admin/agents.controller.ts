import { Body, Controller, Delete, Get, Headers, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type {
  AgentView,
  BulkAgentsAnswer,
  ChangedAgentView,
  CreatedAgentView,
  DryRunAnswer,
  EffectivePermissions,
  Page,
  PresenceView,
  Receipt,
} from '#contracts';
import { type Authority, requirePermission } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Authenticated, Requires } from '../access/requires.decorator.js';
import { Receipts } from '../access/revocation/receipts.service.js';
import { BulkAgentsRequest, CreateAgentRequest, UpdateAgentRequest } from '../agents/agents.dto.js';
import { AgentsService } from '../agents/agents.service.js';
import { DryRunQuery } from '../platform/http/dry-run.js';
import { expectedVersion } from '../platform/http/etag.js';
import { idOf } from '../platform/http/id.pipe.js';
import { PageQuery } from '../platform/http/page.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { SetPresenceRequest } from '../presence/presence.dto.js';
import { PresenceService } from '../presence/presence.service.js';
import { toBulkResults } from './bulk-results.js';
import { AgentViewsService } from './agent-views.service.js';
import { ListAgentsQuery } from './agents.query.js';

const agentId = idOf('agent');

@ApiTags('agents')
@Controller('agents')
export class AgentsController {
  constructor(
    private readonly agents: AgentsService,
    private readonly views: AgentViewsService,
    private readonly presence: PresenceService,
    private readonly receipts: Receipts,
  ) {}

  /** Sort by name, email, status, presence, team, createdAt or updatedAt; `q` searches names and e-mails. */
  @Get()
  @Requires('agents.read')
  @Returns('AgentView', { list: true })
  list(@Caller() caller: Authority, @Query() query: ListAgentsQuery): Promise<Page<AgentView>> {
    return this.views.list(caller.workspaceId, query);
  }

  /** Without a password the answer carries an invitation, shown once. */
  @Post()
  @Requires('agents.manage')
  @Refuses('email_taken', 'beyond_own_rights')
  @Returns('CreatedAgentView', { status: 201, dryRun: true })
  async create(
    @Caller() caller: Authority,
    @Body() request: CreateAgentRequest,
    @Query() { dryRun }: DryRunQuery,
  ): Promise<CreatedAgentView | DryRunAnswer> {
    if (dryRun) return this.agents.rehearseCreate(caller, request);
    const { id, invitation } = await this.agents.create(caller, request);
    const view = await this.views.get(caller.workspaceId, id);
    return invitation ? { ...view, invitation } : view;
  }

  /**
   * One change for up to 1,000 agents. Each is changed as alone, or left as it was for a reason of its own; the answer
   * says which, in the order they were named. What takes rights away answers with one receipt for all.
   */
  @Post('bulk')
  @Requires('agents.manage')
  @Refuses('last_administrator')
  @Returns('BulkAgentsAnswer', { dryRun: true })
  async bulk(
    @Caller() caller: Authority,
    @Body() request: BulkAgentsRequest,
    @Query() { dryRun }: DryRunQuery,
  ): Promise<BulkAgentsAnswer | DryRunAnswer> {
    if (dryRun) {
      const { answer, results } = await this.agents.rehearseBulk(caller, request);
      return { ...answer, results: toBulkResults(results) };
    }
    const { results, receipt } = await this.agents.bulk(caller, request);
    return { results: toBulkResults(results), ...(receipt && { receipt }) };
  }

  /** The agent with presence, load, density and sync, as they are now. */
  @Get(':id')
  @Requires('agents.read')
  @Returns('AgentView')
  get(@Caller() caller: Authority, @Param('id', agentId) id: string): Promise<AgentView> {
    return this.views.get(caller.workspaceId, id);
  }

  /**
   * Another team means another blueprint, from the next request on. Also without a change: then the permissions of the
   * agent are synced again. What takes rights away answers with a receipt, once that is true on every node.
   */
  @Patch(':id')
  @Requires('agents.manage')
  @Refuses('email_taken', 'self_edit', 'beyond_own_rights', 'last_administrator')
  @Returns('ChangedAgentView', { dryRun: true })
  async update(
    @Caller() caller: Authority,
    @Param('id', agentId) id: string,
    @Body() request: UpdateAgentRequest,
    @Query() { dryRun }: DryRunQuery,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ChangedAgentView | DryRunAnswer> {
    const expected = expectedVersion(ifMatch);
    if (dryRun) return this.agents.rehearseUpdate(caller, id, request, expected);
    const read = () => this.views.get(caller.workspaceId, id);
    const { view, receipt } = await this.agents.update(caller, id, { request, expected }, read);
    return { ...view, ...(receipt && { receipt }) };
  }

  /** Answers with the agent as it was, and the receipt. The history stays, the e-mail is free again. */
  @Delete(':id')
  @Requires('agents.manage')
  @Refuses('self_edit', 'last_administrator')
  @Returns('ChangedAgentView', { dryRun: true })
  async delete(
    @Caller() caller: Authority,
    @Param('id', agentId) id: string,
    @Query() { dryRun }: DryRunQuery,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ChangedAgentView | DryRunAnswer> {
    const expected = expectedVersion(ifMatch);
    if (dryRun) return this.agents.rehearseDelete(caller, id, expected);
    const last = await this.views.get(caller.workspaceId, id);
    const receipt = await this.agents.delete(caller, id, expected);
    return { ...last, ...(receipt && { receipt }) };
  }

  /** What took rights away from the agent, newest first, and how each node obeyed. Sort by at. */
  @Get(':id/receipts')
  @Requires('agents.read')
  @Returns('Receipt', { list: true })
  receiptsOf(
    @Caller() caller: Authority,
    @Param('id', agentId) id: string,
    @Query() page: PageQuery,
  ): Promise<Page<Receipt>> {
    return this.receipts.of(caller.workspaceId, id, page);
  }

  /**
   * What the agent may do now, and where each right comes from; nothing, and why, for who is inactive. One's own, or
   * another's with `agents.read`.
   */
  @Get(':id/permissions')
  @Authenticated()
  @Refuses('permission_missing')
  @Returns('EffectivePermissions')
  permissions(@Caller() caller: Authority, @Param('id', agentId) id: string): Promise<EffectivePermissions> {
    if (id !== caller.agentId) requirePermission(caller, 'agents.read');
    return this.views.permissions(caller, id);
  }

  /** One's own presence, or another's with `agents.read`. */
  @Get(':id/presence')
  @Authenticated()
  @Refuses('permission_missing')
  @Returns('PresenceView')
  getPresence(@Caller() caller: Authority, @Param('id', agentId) id: string): Promise<PresenceView> {
    if (id !== caller.agentId) requirePermission(caller, 'agents.read');
    return this.presence.get(caller.workspaceId, id);
  }

  /** One's own availability, or another's with `agents.presence`. */
  @Put(':id/presence')
  @Authenticated()
  @Refuses('permission_missing')
  @Returns('PresenceView')
  setPresence(
    @Caller() caller: Authority,
    @Param('id', agentId) id: string,
    @Body() request: SetPresenceRequest,
  ): Promise<PresenceView> {
    return this.presence.setAvailability(caller, id, request.availability);
  }
}
