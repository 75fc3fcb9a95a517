/**
 * What an empty installation needs before anybody can log in: the default workspace, a team with the whole
 * catalogue, and the first administrator. Nodes that boot together make it once.
 */
import { randomBytes } from 'node:crypto';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { PERMISSIONS } from '#contracts';
import { AgentsService } from '../agents/agents.service.js';
import { Passwords } from '../auth/passwords.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database, sql } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { TeamsService } from '../teams/teams.service.js';
import { Workspace } from './workspace.entity.js';

/** Outside the numbering plans' subscriber ranges: the first administrator edits it. */
const UNSET_PHONE = '+12025550100';

@Injectable()
export class FirstBootService implements OnModuleInit {
  private readonly logger = new Logger('FirstBoot');

  constructor(
    private readonly database: Database,
    private readonly teams: TeamsService,
    private readonly agents: AgentsService,
    private readonly passwords: Passwords,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    const { rows } = await this.database.pool.query('select 1 from workspace where is_default');
    if (rows.length > 0) return;
    const password = this.config.adminPassword ?? randomBytes(12).toString('base64url');
    const passwordHash = await this.passwords.hash(password);
    const made = await this.database.systemTransaction(async (em) => {
      await sql(em, "select pg_advisory_xact_lock(hashtextextended('first boot', 0))");
      const existing = await sql(em, 'select 1 from workspace where is_default');
      if (existing.length > 0) return false;
      await this.make(em, passwordHash);
      return true;
    });
    if (made) this.announce(password);
  }

  private async make(em: EntityManager, passwordHash: string): Promise<void> {
    const name = this.config.demo ? 'Demo' : 'Default';
    const workspaceId = newId();
    em.setFilterParams('workspace', { id: workspaceId });
    em.create(
      Workspace,
      { id: workspaceId, slug: name.toLowerCase(), name, isDefault: true, createdAt: this.clock.date() },
      { persist: true },
    );
    await em.flush();
    const team = this.teams.add(em, workspaceId, { name: 'Administrators', permissions: [...PERMISSIONS] }, 'system');
    await em.flush();
    const administrator = { name: 'Administrator', email: this.config.adminEmail, phone: UNSET_PHONE, teamId: team.id };
    await this.agents.add(em, workspaceId, [{ ...administrator, passwordHash }], 'system');
  }

  /** A password that nobody chose is shown once, on the terminal, and is in no log. */
  private announce(password: string): void {
    this.logger.log(`created the first administrator ${this.config.adminEmail}`);
    if (!this.config.adminPassword) process.stdout.write(`login: ${this.config.adminEmail} ${password}\n`);
  }
}
