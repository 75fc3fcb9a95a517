import { Injectable } from '@nestjs/common';
import type { AgentView, DensityView, EffectivePermissions, Page } from '#contracts';
import type { Authority } from '../access/authority.js';
import { normalize, rightsOf, standingOf, withheld } from '../access/blueprint.js';
import { findHolding, keyOf } from '../access/holding.queries.js';
import { DensityService } from '../density/density.service.js';
import { Database } from '../platform/database/database.js';
import { notFound } from '../platform/errors/problem.exception.js';
import { toPage } from '../platform/http/page.js';
import { AGENT_SQL, agentPage, type AgentRow, toAgentView } from './agent-view.queries.js';
import type { ListAgentsQuery } from './agents.query.js';

/** Agents as administrators see them: profile, team, presence, load, density and sync in one. */
@Injectable()
export class AgentViewsService {
  constructor(
    private readonly database: Database,
    private readonly density: DensityService,
  ) {}

  async list(workspaceId: string, query: ListAgentsQuery): Promise<Page<AgentView>> {
    const { text, values } = agentPage(workspaceId, query);
    // Across: under a policy, no index would find a name (ARCHITECTURE.md, Tenants).
    const { rows } = await this.database.pool.query<AgentRow>(text, values);
    const densities = await this.densities(workspaceId, rows);
    return toPage(
      rows,
      query.limit,
      (row) => toAgentView(row, densities.get(row.id) ?? NONE),
      (row) => row.cursor,
    );
  }

  /** Throws 404. */
  async get(workspaceId: string, id: string): Promise<AgentView> {
    const { rows } = await this.database.of(workspaceId).query<AgentRow>(AGENT_SQL, [workspaceId, id]);
    const row = rows[0];
    if (!row) throw notFound('agent');
    return toAgentView(row, (await this.densities(workspaceId, [row])).get(id) ?? NONE);
  }

  /** What the agent may do now, where each right comes from, and what the caller's own key withholds. Throws 404. */
  async permissions(caller: Authority, agentId: string): Promise<EffectivePermissions> {
    const keyId = agentId === caller.agentId ? keyOf(caller) : null;
    const holding = await findHolding(this.database.of(caller.workspaceId), caller.workspaceId, agentId, keyId);
    if (!holding) throw notFound('agent');
    const { team, blueprintVersion, hidePhone } = holding;
    const own = normalize(rightsOf({ ...holding, key: null }));
    return {
      agentId,
      team,
      blueprintVersion,
      hidePhone,
      standing: standingOf(holding),
      data: own.map((key) => ({ key, source: { kind: 'team', ...team } })),
      withheld: withheld(own, holding.key),
    };
  }

  private densities(workspaceId: string, rows: AgentRow[]): Promise<Map<string, DensityView>> {
    return this.density.of(
      workspaceId,
      rows.map((row) => row.id),
    );
  }
}

const ZERO = { m1: 0, m5: 0, m15: 0, h1: 0 };
const NONE: DensityView = { ...ZERO, inbound: ZERO, outbound: ZERO };
