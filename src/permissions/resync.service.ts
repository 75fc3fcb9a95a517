/**
 * The re-sync: brings what is derived from blueprints (how far each agent follows, open sockets) to their current
 * version, after the fact. Decisions never read it.
 *
 * Guaranteed: works in pages of one statement each, starts over when the version moves, never takes an agent back to
 * an older version, and finishes only outbox rows that it saw before it saw the version it worked for. Must never
 * happen: that two workers on one team, or one that was killed between pages, leave somebody behind for good.
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AccessChanges } from '../access/access-changes.js';
import { Clock } from '../platform/clock.js';
import { Database, sql } from '../platform/database/database.js';
import { type JobContext, JobRegistry } from '../platform/jobs/job-registry.js';
import { Outbox } from '../platform/outbox/outbox.js';
import { AGENT_SQL, BEHIND_SQL, FOLD_SQL, PAGE_SQL, VERSION_SQL } from './resync.queries.js';

const TEAM = 'permissions.resync-team';
const AGENT = 'permissions.resync-agent';
const PAGE = 1_024;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Where a page ended, and how many agents were on it. */
interface Page {
  last: string | null;
  rows: number;
}

@Injectable()
export class ResyncService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly registry: JobRegistry,
    private readonly outbox: Outbox,
    private readonly access: AccessChanges,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.registry.own(TEAM, (context) => this.resyncTeam(context));
    this.registry.own(AGENT, (context) => this.resyncAgent(context));
  }

  /** Enqueues every team with agents left behind; adds up the counts of who is where. */
  async sweep(): Promise<number> {
    await this.database.pool.query(FOLD_SQL);
    const { rows } = await this.database.pool.query<{ workspace_id: string; team_id: string }>(BEHIND_SQL);
    for (const [workspaceId, teams] of Map.groupBy(rows, (row) => row.workspace_id)) {
      const ids = teams.map((team) => team.team_id);
      await this.database.transaction(workspaceId, (em) => this.outbox.add(em, workspaceId, TEAM, ids));
    }
    return rows.length;
  }

  private async resyncTeam(context: JobContext): Promise<void> {
    for (let isDone = false; !isDone;) {
      const version = await this.version(context);
      if (version !== null) await this.walk(context, version);
      isDone = await this.finish(context, version);
    }
  }

  /** Brings all pages to `version`, or as many as there are until the version moves. */
  private async walk({ workspaceId, key: teamId }: JobContext, version: number): Promise<void> {
    for (let after: string | null = BEFORE_ALL; after;) {
      const page = await this.page(workspaceId, [teamId, version, after, PAGE, this.clock.date()]);
      after = page.rows === PAGE ? page.last : null;
    }
  }

  private async page(workspaceId: string, parameters: unknown[]): Promise<Page> {
    const { rows } = await this.database.of(workspaceId).query<Page>(PAGE_SQL, parameters);
    return rows[0] ?? { last: null, rows: 0 };
  }

  /** Finishes what was asked for until now; false when the version has moved. */
  private finish(context: JobContext, version: number | null): Promise<boolean> {
    const { workspaceId, key: teamId } = context;
    return this.database.transaction(workspaceId, async (em) => {
      const asked = await this.outbox.unfinished(em, TEAM, teamId);
      if ((await this.version(context, em)) !== version) return false;
      await this.access.announce(em, { kind: 'team', id: teamId });
      await this.outbox.finish(em, asked);
      return true;
    });
  }

  private async resyncAgent({ workspaceId, key: agentId }: JobContext): Promise<void> {
    await this.database.transaction(workspaceId, async (em) => {
      const asked = await this.outbox.unfinished(em, AGENT, agentId);
      await sql(em, AGENT_SQL, [agentId, this.clock.date()]);
      await this.access.announce(em, { kind: 'agent', id: agentId });
      await this.outbox.finish(em, asked);
    });
  }

  private async version({ workspaceId, key: teamId }: JobContext, em?: EntityManager): Promise<number | null> {
    const rows = em
      ? await sql<{ blueprint_version: number }>(em, VERSION_SQL, [teamId])
      : (await this.database.of(workspaceId).query<{ blueprint_version: number }>(VERSION_SQL, [teamId])).rows;
    return rows[0]?.blueprint_version ?? null;
  }
}
