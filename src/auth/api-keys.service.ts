import { Injectable } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { ApiKeyView, CreatedApiKeyView, EndedApiKeyView, Page, Permission } from '#contracts';
import { createApiKey } from '../access/api-key-token.js';
import type { Authority } from '../access/authority.js';
import { beyond, normalize } from '../access/blueprint.js';
import { Revocations } from '../access/revocation/revocations.service.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database, sql } from '../platform/database/database.js';
import { containing, keyset, type SortColumn } from '../platform/database/keyset.js';
import { notFound, ProblemException } from '../platform/errors/problem.exception.js';
import { type PageQuery, toPage } from '../platform/http/page.js';
import { newId } from '../platform/ids.js';
import type { CreateApiKeyRequest } from './auth.dto.js';
import { ApiKey } from './session.entity.js';

interface ApiKeyRow {
  id: string;
  name: string;
  permissions: Permission[];
  agent_id: string;
  agent_name: string;
  last_used_at: Date | number | null;
  created_at: Date | number;
  cursor: string[];
}

const SORTS: Record<string, SortColumn> = {
  createdAt: { sql: 'k.created_at', type: 'timestamptz' },
  name: { sql: 'lower(k.name)', type: 'text' },
};

const ONE_SQL = `
select k.id, k.name, k.permissions, k.agent_id, a.name as agent_name,
  (extract(epoch from k.last_used_at) * 1000)::float8 as last_used_at,
  (extract(epoch from k.created_at) * 1000)::float8 as created_at
from api_key k join agent a on a.id = k.agent_id where k.id = $1`;

const INSERT_EPOCH_SQL = `select auth_epoch from agent where id = $1 and status = 'active' and deleted_at is null for share`;

/** Keys for other services. A key never has a right that its maker doesn't have. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly revocations: Revocations,
    private readonly clock: Clock,
  ) {}

  async list(workspaceId: string, page: PageQuery): Promise<Page<ApiKeyView>> {
    const keys = keyset(page, SORTS, { fallback: '-createdAt', id: 'k.id', firstParam: 4 });
    const { rows } = await this.database.of(workspaceId).query<ApiKeyRow>(
      `select k.id, k.name, k.permissions, k.agent_id, a.name as agent_name, k.last_used_at, k.created_at, ${keys.cursor} as cursor
       from api_key k join agent a on a.id = k.agent_id
       where k.workspace_id = $1 and k.revoked_at is null and k.auth_epoch = a.auth_epoch
         and ($3::text is null or k.name ilike $3) and ${keys.where}
       order by ${keys.order} limit $2`,
      [workspaceId, page.limit + 1, page.q ? containing(page.q) : null, ...keys.params],
    );
    return toPage(rows, page.limit, toView, (row) => row.cursor);
  }

  /** Makes a key; it is in the answer and nowhere else. 403 `beyond_own_rights`. */
  async create(caller: Authority, request: CreateApiKeyRequest): Promise<CreatedApiKeyView> {
    const missing = beyond(caller.permissions, request.permissions);
    if (missing.length > 0) {
      throw new ProblemException(
        'beyond_own_rights',
        `You can't give a key what you don't have: ${missing.join(', ')}.`,
        {
          permission: missing[0],
        },
      );
    }
    const permissions = normalize(request.permissions);
    const id = newId();
    const { token, hash } = createApiKey(id);
    const createdAt = this.clock.date();
    await this.database.transaction(caller.workspaceId, async (em) => {
      const [maker] = await sql<{ auth_epoch: number }>(em, INSERT_EPOCH_SQL, [caller.agentId]);
      if (!maker)
        throw new ProblemException('agent_inactive', 'Your access was ended; ask an administrator.', { status: 401 });
      em.create(
        ApiKey,
        {
          id,
          workspaceId: caller.workspaceId,
          agentId: caller.agentId,
          name: request.name,
          keyHash: hash,
          permissions,
          authEpoch: maker.auth_epoch,
          createdAt,
          lastUsedAt: null,
          revokedAt: null,
        },
        { persist: true },
      );
      this.audit.record(em, {
        actor: caller,
        workspaceId: caller.workspaceId,
        action: 'api_key.created',
        target: { kind: 'api_key', id },
        after: { name: request.name, permissions },
      });
    });
    return {
      id,
      name: request.name,
      permissions,
      createdBy: { id: caller.agentId, name: caller.agentName },
      lastUsedAt: null,
      createdAt: createdAt.toISOString(),
      key: token,
    };
  }

  /** Ends a key; answers with what it was. Throws 404. */
  async delete(caller: Authority, id: string): Promise<EndedApiKeyView> {
    const { workspaceId } = caller;
    const { view, revocation } = await this.database.transaction(workspaceId, async (em) => {
      const key = await em.findOne(ApiKey, { id, revokedAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      const [row] = key ? await sql<Omit<ApiKeyRow, 'cursor'>>(em, ONE_SQL, [id]) : [];
      if (!key || !row) throw notFound('API key');
      key.revokedAt = this.clock.date();
      this.audit.record(em, {
        actor: caller,
        workspaceId,
        action: 'api_key.revoked',
        target: { kind: 'api_key', id },
        before: { name: key.name, permissions: key.permissions },
      });
      const revocation = await this.revocations.add(em, {
        workspaceId,
        subject: { kind: 'api_key', id },
        agentId: key.agentId,
        cause: 'api_key_revoked',
        actorId: caller.agentId,
        keys: 1,
      });
      return { view: toView(row), revocation };
    });
    return { ...view, receipt: await this.revocations.confirm([revocation]) };
  }
}

function toView(row: Omit<ApiKeyRow, 'cursor'>): ApiKeyView {
  return {
    id: row.id,
    name: row.name,
    permissions: row.permissions,
    createdBy: { id: row.agent_id, name: row.agent_name },
    lastUsedAt: row.last_used_at === null ? null : new Date(row.last_used_at).toISOString(),
    createdAt: new Date(row.created_at).toISOString(),
  };
}
