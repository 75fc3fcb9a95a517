import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ChannelView, Page } from '#contracts';
import type { Authority } from '../access/authority.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { notFound, ProblemException } from '../platform/errors/problem.exception.js';
import { violates } from '../platform/errors/to-problem.js';
import { type PageQuery, toPage } from '../platform/http/page.js';
import { newId } from '../platform/ids.js';
import { PhoneVault } from '../privacy/phone-vault.js';
import { TeamsService } from '../teams/teams.service.js';
import { Channel } from './channel.entity.js';
import { CHANNEL_SQL, channelPage, type ChannelRow, toChannelView } from './channel-view.queries.js';
import type { CreateChannelRequest } from './channels.dto.js';

const CLOUD_API = 'https://graph.facebook.com';

/** The workspace's WhatsApp numbers: which team the conversations of each belong to, and how to send. */
@Injectable()
export class ChannelsService {
  constructor(
    private readonly database: Database,
    private readonly teams: TeamsService,
    private readonly vault: PhoneVault,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async list(workspaceId: string, page: PageQuery): Promise<Page<ChannelView>> {
    const { text, values } = channelPage(workspaceId, page);
    const { rows } = await this.database.pool.query<ChannelRow>(text, values);
    return toPage(rows, page.limit, toChannelView, (row) => row.cursor);
  }

  /** Adds a number. 409 `phone_number_id_taken`, 422 `team_not_found`. The token is stored encrypted. */
  async create(caller: Authority, request: CreateChannelRequest): Promise<ChannelView> {
    try {
      const id = await this.database.transaction(caller.workspaceId, (em) => this.add(em, caller, request));
      return await this.get(caller.workspaceId, id);
    } catch (error) {
      if (!violates(error, 'channel_phone_number_id_key')) throw error;
      throw new ProblemException('phone_number_id_taken', 'This WhatsApp number is connected already.');
    }
  }

  private async get(workspaceId: string, id: string): Promise<ChannelView> {
    const { rows } = await this.database.pool.query<ChannelRow>(CHANNEL_SQL, [workspaceId, id]);
    if (!rows[0]) throw notFound('channel');
    return toChannelView(rows[0]);
  }

  private async add(em: EntityManager, caller: Authority, request: CreateChannelRequest): Promise<string> {
    const { workspaceId } = caller;
    const { name, phoneNumberId, token } = request;
    const teamId = request.teamId ?? null;
    const apiBaseUrl = request.apiBaseUrl ?? CLOUD_API;
    if (teamId) await this.teams.requireForMember(em, teamId);
    const id = newId();
    const tokenCipher = token ? this.vault.seal('channel-token', workspaceId, token) : null;
    const channel = { id, workspaceId, name, phoneNumberId, teamId, tokenCipher, apiBaseUrl };
    em.create(Channel, { ...channel, createdAt: this.clock.date() }, { persist: true });
    this.audit.record(em, {
      actor: caller,
      workspaceId,
      action: 'channel.created',
      target: { kind: 'channel', id },
      after: { name, phoneNumberId, teamId, apiBaseUrl, hasToken: tokenCipher !== null },
    });
    return id;
  }
}
