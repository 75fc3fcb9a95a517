/**
 * The demo workspace: five teams and two hundred agents, made at boot where `MUSTER_DEMO` is on and nobody has begun
 * to work yet, that is, where the default workspace has only its first administrator.
 *
 * Guaranteed: all of it or nothing (one transaction), once (nodes that boot together wait for each other), and through
 * the same services as the API, so that audit, sync and live views know of it. Every agent's password is the first
 * administrator's, so that whoever tries the demo can log in as any of them. Must never happen: a change to a
 * workspace in which somebody works.
 */
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AgentsService, type NewAgent } from '../agents/agents.service.js';
import { Config } from '../platform/config/config.js';
import { Database, sql } from '../platform/database/database.js';
import { EventBus } from '../platform/events/event-bus.js';
import type { Team } from '../teams/team.entity.js';
import { TeamsService } from '../teams/teams.service.js';
import { agentsOf } from './demo-agents.js';
import { DEMO_TEAMS } from './demo-data.js';

/** A workspace nobody has begun to work in. */
interface Untouched {
  workspaceId: string;
  passwordHash: string | null;
}

@Injectable()
export class DemoService implements OnApplicationBootstrap {
  private readonly logger = new Logger('Demo');

  constructor(
    private readonly database: Database,
    private readonly teams: TeamsService,
    private readonly agents: AgentsService,
    private readonly bus: EventBus,
    private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.demo) return;
    const tell = await this.database.systemTransaction(async (em) => {
      await sql(em, "select pg_advisory_xact_lock(hashtextextended('demo', 0))");
      const untouched = await findUntouched(em);
      return untouched && this.make(em, untouched);
    });
    await tell?.();
  }

  private async make(em: EntityManager, { workspaceId, passwordHash }: Untouched): Promise<() => Promise<void>> {
    em.setFilterParams('workspace', { id: workspaceId });
    const teams = DEMO_TEAMS.map((team) => this.teams.add(em, workspaceId, teamRequest(team), 'system'));
    await em.flush();
    const { agents, told } = await this.agents.add(em, workspaceId, allAgents(teams, passwordHash), 'system');
    return async () => {
      await this.bus.publish('team.changed', { workspaceId, teams: teams.map((team) => team.state()) });
      await told();
      this.logger.log(`made ${teams.length} teams with ${agents.length} agents`);
    };
  }
}

/** The default workspace, if all it ever had is its first administrator. */
async function findUntouched(em: EntityManager): Promise<Untouched | undefined> {
  const [workspace] = await sql<Untouched>(
    em,
    `select w.id as "workspaceId", min(a.password_hash) as "passwordHash"
     from workspace w join agent a on a.workspace_id = w.id
     where w.is_default and (select count(*) from team t where t.workspace_id = w.id) = 1
     group by w.id having count(*) = 1`,
  );
  return workspace;
}

function teamRequest({ name, description, capacity, permissions }: (typeof DEMO_TEAMS)[number]) {
  return { name, description, capacity, permissions };
}

function allAgents(teams: Team[], passwordHash: string | null): NewAgent[] {
  let before = 0;
  return DEMO_TEAMS.flatMap((team, index) => {
    const teamId = teams[index]?.id ?? '';
    const agents = agentsOf(team, before).map((agent) => ({ ...agent, teamId, passwordHash }));
    before += agents.length;
    return agents;
  });
}
