import { Injectable } from '@nestjs/common';
import { type AgentView, type DensityView, type EffectivePermissions, type Page, PERMISSIONS } from '#contracts';
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
    const { rows } = await this.database.pool.query<AgentRow>(text, values);
    const densities = await this.densities(rows);
    return toPage(
      rows,
      query.limit,
      (row) => toAgentView(row, densities.get(row.id) ?? NONE),
      (row) => row.cursor,
    );
  }

  /** Throws 404. */
  async get(workspaceId: string, id: string): Promise<AgentView> {
    const { rows } = await this.database.pool.query<AgentRow>(AGENT_SQL, [workspaceId, id]);
    const row = rows[0];
    if (!row) throw notFound('agent');
    return toAgentView(row, (await this.densities([row])).get(id) ?? NONE);
  }

  /** What the agent may do and where each right comes from. Throws 404. */
  async permissions(workspaceId: string, id: string): Promise<EffectivePermissions> {
    const { rows } = await this.database.pool.query<PermissionsRow>(PERMISSIONS_SQL, [workspaceId, id]);
    const row = rows[0];
    if (!row) throw notFound('agent');
    const team = { id: row.team_id, name: row.team_name };
    const held = new Set(row.effective ? row.permissions : []);
    return {
      agentId: id,
      team,
      blueprintVersion: row.blueprint_version,
      hidePhone: row.hide_phone,
      data: PERMISSIONS.filter((key) => held.has(key)).map((key) => ({ key, source: { kind: 'team', ...team } })),
    };
  }

  private densities(rows: AgentRow[]): Promise<Map<string, DensityView>> {
    return this.density.of(rows.map((row) => row.id));
  }
}

interface PermissionsRow {
  team_id: string;
  team_name: string;
  permissions: string[];
  blueprint_version: number;
  hide_phone: boolean;
  /** Only active agents of active teams have rights. */
  effective: boolean;
}

const PERMISSIONS_SQL = `
select t.id as team_id, t.name as team_name, t.permissions, t.blueprint_version, a.hide_phone,
  a.status = 'active' and t.status = 'active' as effective
from agent a join team t on t.id = a.team_id
where a.workspace_id = $1 and a.id = $2 and a.deleted_at is null`;

const ZERO = { m1: 0, m5: 0, m15: 0, h1: 0 };
const NONE: DensityView = { ...ZERO, inbound: ZERO, outbound: ZERO };
