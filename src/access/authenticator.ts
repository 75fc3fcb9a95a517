/**
 * Who is calling, and what they may do now.
 *
 * Who calls: the HTTP guard, the socket handshake, and each socket event (`reread`). Guaranteed: an `Authority`
 * comes from PostgreSQL, read after the call; a token's signature is only the first step. A credential that is no
 * longer good is refused with 401 and a code that says why. Must never happen: an `Authority` without a read.
 */
import { Injectable } from '@nestjs/common';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { ApiKeyUsage } from './api-key-usage.js';
import { type ApiKeySecret, isApiKey, matchesHash, parseApiKey } from './api-key-token.js';
import type { Authority, Credential } from './authority.js';
import { effective } from './blueprint.js';
import type { AuthorityRow } from './authority.queries.js';
import { AuthorityReader, type AuthorityReading } from './authority.reader.js';
import { AccessTokens } from './access-tokens.js';

/** An authenticated caller and until when the token itself is good; null: an API key, which doesn't expire. */
export interface Authenticated {
  authority: Authority;
  expiresAt: number | null;
}

@Injectable()
export class Authenticator {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly reader: AuthorityReader,
    private readonly usage: ApiKeyUsage,
  ) {}

  /** Authenticates an access token or an API key. */
  async authenticate(token: string): Promise<Authenticated> {
    if (isApiKey(token)) return { authority: await this.withApiKey(parseApiKey(token)), expiresAt: null };
    const { sessionId, expiresAt } = await this.tokens.verify(token);
    return { authority: await this.reread({ kind: 'session', id: sessionId }), expiresAt };
  }

  /** The authority of a credential that was authenticated before, as it is now. */
  async reread(credential: Credential): Promise<Authority> {
    return toAuthority(await this.reader.read(credential));
  }

  private async withApiKey(secret: ApiKeySecret): Promise<Authority> {
    const reading = await this.reader.read({ kind: 'api_key', id: secret.id });
    const hash = reading.row?.key_hash;
    if (!hash || !matchesHash(secret, Buffer.from(hash, 'hex'))) throw unknownCredential();
    const authority = toAuthority(reading);
    this.usage.note(secret.id);
    return authority;
  }
}

function toAuthority({ row, readAt }: AuthorityReading): Authority {
  if (!row) throw unknownCredential();
  refuseDead(row);
  return {
    credential: { kind: row.kind, id: row.credential_id },
    workspaceId: row.workspace_id,
    workspace: { slug: row.workspace_slug, name: row.workspace_name },
    agentId: row.agent_id,
    agentName: row.agent_name,
    agentEmail: row.agent_email,
    teamId: row.team_id,
    teamName: row.team_name,
    permissions: effective(row.team_permissions, row.key_permissions),
    hidePhone: row.hide_phone,
    blueprintVersion: row.blueprint_version,
    readAt,
  };
}

function refuseDead(row: AuthorityRow): void {
  if (row.agent_deleted || row.agent_status === 'inactive') {
    throw refusal('agent_inactive', 'Your access was ended; ask an administrator.');
  }
  if (row.team_status === 'inactive') throw refusal('team_inactive', 'Your team is inactive; ask an administrator.');
  if (!row.alive) throw refusal('session_revoked', 'This session or key was ended; log in again.');
  if (row.expired) throw refusal('token_expired', 'This session has expired; log in again.');
}

function refusal(code: 'agent_inactive' | 'team_inactive' | 'session_revoked' | 'token_expired', detail: string) {
  return new ProblemException(code, detail, { status: 401 });
}

function unknownCredential(): ProblemException {
  return new ProblemException('session_revoked', 'This session or key is not known; log in again.');
}
