/**
 * The re-sync: brings what is derived from blueprints (how far each agent follows, open sockets) to their current
 * version, after the fact. Decisions never read it.
 *
 * Guaranteed: works in pages of one statement each, starts over when the version moves, and finishes its outbox
 * rows only in a transaction that saw the version it worked for.
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AccessChanges } from '../access/access-changes.js';
import { Clock } from '../platform/clock.js';
import { Database, sql } from '../platform/database/database.js';
import { type JobContext, JobRegistry } from '../platform/jobs/job-registry.js';
import { Outbox } from '../platform/outbox/outbox.js';
import { AGENT_SQL, BEHIND_SQL, PAGE_SQL, VERSION_SQL } from './resync.queries.js';

const PAGE = 1_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

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
    this.registry.own('permissions.resync-team', (context) => this.resyncTeam(context));
    this.registry.own('permissions.resync-agent', (context) => this.resyncAgent(context));
  }

  /** Enqueues every team with agents left behind. */
  async sweep(): Promise<number> {
    const { rows } = await this.database.pool.query<{ workspace_id: string; team_id: string }>(BEHIND_SQL);
    for (const [workspaceId, teams] of Map.groupBy(rows, (row) => row.workspace_id)) {
      const ids = teams.map((team) => team.team_id);
      await this.database.transaction(workspaceId, (em) =>
        this.outbox.add(em, workspaceId, 'permissions.resync-team', ids),
      );
    }
    return rows.length;
  }

  private async resyncTeam({ workspaceId, key: teamId }: JobContext): Promise<void> {
    for (let done = false; !done;) {
      const version = await this.version(teamId);
      const walked = version === null || (await this.walk(teamId, version));
      if (!walked) continue;
      done = await this.database.transaction(workspaceId, async (em) => {
        const upTo = await this.outbox.newest(em, 'permissions.resync-team', teamId);
        if ((await this.version(teamId, em)) !== version) return false;
        await this.access.announce(em, { kind: 'team', id: teamId });
        if (upTo) await this.outbox.finish(em, 'permissions.resync-team', teamId, upTo);
        return true;
      });
    }
  }

  private async resyncAgent({ workspaceId, key: agentId }: JobContext): Promise<void> {
    await this.database.transaction(workspaceId, async (em) => {
      const upTo = await this.outbox.newest(em, 'permissions.resync-agent', agentId);
      await sql(em, AGENT_SQL, [agentId, this.clock.date()]);
      await this.access.announce(em, { kind: 'agent', id: agentId });
      if (upTo) await this.outbox.finish(em, 'permissions.resync-agent', agentId, upTo);
    });
  }

  /** Brings all pages to `version`; false when the version moved meanwhile. */
  private async walk(teamId: string, version: number): Promise<boolean> {
    for (let after = BEFORE_ALL; ;) {
      const { rows } = await this.database.pool.query<{ last: string | null; rows: number }>(PAGE_SQL, [
        teamId,
        version,
        after,
        PAGE,
        this.clock.date(),
      ]);
      const page = rows[0];
      if (!page?.last || page.rows < PAGE) return true;
      if ((await this.version(teamId)) !== version) return false;
      after = page.last;
    }
  }

  private async version(teamId: string, em?: EntityManager): Promise<number | null> {
    const rows = em
      ? await sql<{ blueprint_version: number }>(em, VERSION_SQL, [teamId])
      : (await this.database.pool.query<{ blueprint_version: number }>(VERSION_SQL, [teamId])).rows;
    return rows[0]?.blueprint_version ?? null;
  }
}
