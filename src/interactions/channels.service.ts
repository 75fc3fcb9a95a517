import { Injectable } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ChannelView, Page } from '#contracts';
import type { Authority } from '../access/authority.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { invalid, notFound, ProblemException } from '../platform/errors/problem.exception.js';
import { violates } from '../platform/errors/to-problem.js';
import { OutgoingHttp } from '../platform/http/outgoing/outgoing-http.js';
import { type PageQuery, toPage } from '../platform/http/page.js';
import { newId } from '../platform/ids.js';
import { PhoneVault } from '../privacy/phone-vault.js';
import { TeamsService } from '../teams/teams.service.js';
import { Channel } from './channel.entity.js';
import { CHANNEL_SQL, channelPage, type ChannelRow, toChannelView } from './channel-view.queries.js';
import type { CreateChannelRequest, UpdateChannelRequest } from './channels.dto.js';

const CLOUD_API = 'https://graph.facebook.com';

/** The workspace's WhatsApp numbers: which team the conversations of each belong to, and how to send. */
@Injectable()
export class ChannelsService {
  constructor(
    private readonly database: Database,
    private readonly teams: TeamsService,
    private readonly vault: PhoneVault,
    private readonly outgoing: OutgoingHttp,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async list(workspaceId: string, page: PageQuery): Promise<Page<ChannelView>> {
    const { text, values } = channelPage(workspaceId, page);
    const { rows } = await this.database.of(workspaceId).query<ChannelRow>(text, values);
    return toPage(rows, page.limit, toChannelView, (row) => row.cursor);
  }

  /** Adds a number. 409 `phone_number_id_taken`, 422 `team_not_found`. The token is stored encrypted. */
  async create(caller: Authority, request: CreateChannelRequest): Promise<ChannelView> {
    this.requireCallable(caller, request.apiBaseUrl);
    try {
      const id = await this.database.transaction(caller.workspaceId, (em) => this.add(em, caller, request));
      return await this.get(caller.workspaceId, id);
    } catch (error) {
      if (!violates(error, 'channel_phone_number_id_key')) throw error;
      throw new ProblemException('phone_number_id_taken', 'This WhatsApp number is connected already.');
    }
  }

  /** What isn't named stays. The audit log says that there is another token, and not which. */
  async update(caller: Authority, id: string, request: UpdateChannelRequest): Promise<ChannelView> {
    this.requireCallable(caller, request.apiBaseUrl);
    await this.database.transaction(caller.workspaceId, (em) => this.change(em, caller, id, request));
    return this.get(caller.workspaceId, id);
  }

  /** Names are judged again whenever they are called. */
  private requireCallable({ hidePhone }: Authority, apiBaseUrl: string | undefined): void {
    if (apiBaseUrl !== undefined && hidePhone) {
      throw new ProblemException(
        'phone_hidden',
        'Numbers are hidden from you, so you can not say where they are sent.',
      );
    }
    if (apiBaseUrl === undefined || this.outgoing.accepts(apiBaseUrl)) return;
    const detail = 'Give an https address on the public internet, like https://graph.facebook.com';
    throw invalid('apiBaseUrl', 'api_base_url_invalid', detail);
  }

  private async change(
    em: EntityManager,
    { workspaceId, ...caller }: Authority,
    id: string,
    { name, teamId, apiBaseUrl, token }: UpdateChannelRequest,
  ): Promise<void> {
    const channel = await em.findOne(Channel, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!channel) throw notFound('channel');
    if (teamId) await this.teams.requireForMember(em, teamId);
    const before = settingsOf(channel);
    if (name !== undefined) channel.name = name;
    if (teamId !== undefined) channel.teamId = teamId;
    if (apiBaseUrl !== undefined && token === undefined) requireOwnToken(channel, apiBaseUrl);
    if (apiBaseUrl !== undefined) channel.apiBaseUrl = apiBaseUrl;
    if (token !== undefined)
      channel.tokenCipher = token === null ? null : this.vault.seal('channel-token', workspaceId, token);
    const target = { kind: 'channel', id } as const;
    const after = { ...settingsOf(channel), ...(token && { tokenReplaced: true }) };
    this.audit.record(em, { actor: caller, workspaceId, action: 'channel.updated', target, before, after });
  }

  private async get(workspaceId: string, id: string): Promise<ChannelView> {
    const { rows } = await this.database.of(workspaceId).query<ChannelRow>(CHANNEL_SQL, [workspaceId, id]);
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

function settingsOf({ name, teamId, apiBaseUrl, tokenCipher }: Channel): Record<string, unknown> {
  return { name, teamId, apiBaseUrl, hasToken: tokenCipher !== null };
}

/** A token is for whom it was given: it is not sent to another address. */
function requireOwnToken(channel: Channel, apiBaseUrl: string): void {
  if (!channel.tokenCipher || new URL(apiBaseUrl).origin === new URL(channel.apiBaseUrl).origin) return;
  throw invalid('token', 'token_required', 'Send the token for the new address too, or null for none.');
}
