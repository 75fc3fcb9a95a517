/**
 * The Chatwoot accounts that a workspace follows.
 *
 * Guaranteed: the token is shown once and stored as a hash, secrets are stored encrypted for their account and never
 * shown. What must never happen: a secret, a token or an e-mail in the audit log.
 */
import { Injectable } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ChatwootAccountView, ChatwootAccountWithPath, Page } from '#contracts';
import type { Authority } from '../access/authority.js';
import { AuditService } from '../audit/audit.service.js';
import { createOpaqueToken } from '../auth/opaque-token.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { invalid, notFound, ProblemException } from '../platform/errors/problem.exception.js';
import { violates } from '../platform/errors/to-problem.js';
import { type PageQuery, toPage } from '../platform/http/page.js';
import { newId } from '../platform/ids.js';
import { PhoneVault } from '../privacy/phone-vault.js';
import { TeamsService } from '../teams/teams.service.js';
import { ChatwootAccount } from './chatwoot-account.entity.js';
import type { CreateChatwootAccountRequest, UpdateChatwootAccountRequest } from './chatwoot-accounts.dto.js';
import { ACCOUNT_SQL, accountPage, type AccountRow, toAccountView } from './chatwoot-accounts.queries.js';
import { forgetUser, learnUser } from './followed.queries.js';

@Injectable()
export class ChatwootAccountsService {
  constructor(
    private readonly database: Database,
    private readonly teams: TeamsService,
    private readonly vault: PhoneVault,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async list(workspaceId: string, page: PageQuery): Promise<Page<ChatwootAccountView>> {
    const { text, values } = accountPage(workspaceId, page);
    const { rows } = await this.database.of(workspaceId).query<AccountRow>(text, values);
    return toPage(rows, page.limit, toAccountView, (row) => row.cursor);
  }

  /** 409 `chatwoot_account_taken`, 422 `team_not_found`. */
  async create(caller: Authority, request: CreateChatwootAccountRequest): Promise<ChatwootAccountWithPath> {
    requireSight(caller);
    const { token, hash } = createOpaqueToken();
    try {
      const id = await this.database.transaction(caller.workspaceId, (em) => this.add(em, caller, request, hash));
      const path = `/api/v1/chatwoot-accounts/${id}/events?token=${token}`;
      return { ...(await this.get(caller.workspaceId, id)), path };
    } catch (error) {
      if (!violates(error, 'chatwoot_account_number')) throw error;
      throw new ProblemException('chatwoot_account_taken', 'This account of Chatwoot is connected already.');
    }
  }

  /** What isn't named stays. 422 `team_not_found`, `agent_not_found`. */
  async update(caller: Authority, id: string, request: UpdateChatwootAccountRequest): Promise<ChatwootAccountView> {
    requireSight(caller);
    await this.database.transaction(caller.workspaceId, async (em) => {
      const account = await this.lock(em, id);
      const before = settingsOf(account);
      await this.change(em, account, request);
      await this.nameUsers(em, account, request.users ?? []);
      const replaced = {
        ...(request.secrets && { secretsReplaced: true }),
        ...(request.users && { usersChanged: true }),
      };
      this.record(em, caller, 'updated', id, { before, after: { ...settingsOf(account), ...replaced } });
    });
    return this.get(caller.workspaceId, id);
  }

  /** Answers with the account as it was. Its conversations stay as they are. */
  async delete(caller: Authority, id: string): Promise<ChatwootAccountView> {
    const view = await this.get(caller.workspaceId, id);
    await this.database.transaction(caller.workspaceId, async (em) => {
      const account = await this.lock(em, id);
      this.record(em, caller, 'deleted', id, { before: settingsOf(account) });
      em.remove(account);
    });
    return view;
  }

  private async get(workspaceId: string, id: string): Promise<ChatwootAccountView> {
    const { rows } = await this.database.of(workspaceId).query<AccountRow>(ACCOUNT_SQL, [workspaceId, id]);
    if (!rows[0]) throw notFound('chatwoot account');
    return toAccountView(rows[0]);
  }

  private async lock(em: EntityManager, id: string): Promise<ChatwootAccount> {
    const account = await em.findOne(ChatwootAccount, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!account) throw notFound('chatwoot account');
    return account;
  }

  private async add(
    em: EntityManager,
    caller: Authority,
    { name, accountId, teamId = null, secrets = [] }: CreateChatwootAccountRequest,
    tokenHash: Buffer,
  ): Promise<string> {
    const { workspaceId } = caller;
    if (teamId) await this.teams.requireForMember(em, teamId);
    const id = newId();
    const sealed = this.seal({ id, workspaceId }, secrets);
    const values = { id, workspaceId, name, accountNumber: accountId, teamId, tokenHash, secrets: sealed };
    const account = em.create(ChatwootAccount, { ...values, createdAt: this.clock.date() }, { persist: true });
    this.record(em, caller, 'created', id, { after: settingsOf(account) });
    return id;
  }

  private async change(
    em: EntityManager,
    account: ChatwootAccount,
    { name, teamId, secrets }: UpdateChatwootAccountRequest,
  ): Promise<void> {
    if (teamId) await this.teams.requireForMember(em, teamId);
    if (name !== undefined) account.name = name;
    if (teamId !== undefined) account.teamId = teamId;
    if (secrets !== undefined) account.secrets = this.seal(account, secrets);
  }

  private async nameUsers(
    em: EntityManager,
    account: ChatwootAccount,
    users: NonNullable<UpdateChatwootAccountRequest['users']>,
  ): Promise<void> {
    for (const [index, { userId, email }] of users.entries()) {
      if (email === null) await forgetUser(em, account.id, userId);
      else if (!(await learnUser(em, account, userId, email))) {
        throw invalid(`users/${index}/email`, 'agent_not_found', 'No agent of your workspace has this e-mail.');
      }
    }
  }

  private seal({ id, workspaceId }: { id: string; workspaceId: string }, secrets: string[]): Buffer | null {
    if (secrets.length === 0) return null;
    return this.vault.seal('chatwoot-secret', `${workspaceId} ${id}`, JSON.stringify(secrets));
  }

  private record(
    em: EntityManager,
    actor: Authority,
    what: 'created' | 'updated' | 'deleted',
    id: string,
    change: { before?: Record<string, unknown>; after?: Record<string, unknown> },
  ): void {
    const { workspaceId } = actor;
    const target = { kind: 'channel' as const, id };
    this.audit.record(em, { actor, workspaceId, action: `chatwoot_account.${what}`, target, ...change });
  }
}

function settingsOf({ name, accountNumber, teamId, secrets }: ChatwootAccount): Record<string, unknown> {
  return { name, accountId: accountNumber, teamId, signed: secrets !== null };
}

/** Whoever can make deliveries up could find out by them whose number is whose. */
function requireSight({ hidePhone }: Authority): void {
  if (!hidePhone) return;
  throw new ProblemException('phone_hidden', 'Customer numbers are hidden from you, so you can not connect an inbox.');
}
