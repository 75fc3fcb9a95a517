/**
 * Changing one's own password.
 *
 * Guaranteed: once it has answered, nothing that was issued under the old password works: every other session and every
 * API key has ended, for whoever knew the password could have made them. The session that asks stays and goes on. A
 * wrong current password counts like one at login.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ChangedPassword } from '#contracts';
import type { Authority } from '../access/authority.js';
import { type Revocation, Revocations } from '../access/revocation/revocations.service.js';
import { AuditService } from '../audit/audit.service.js';
import { Database, sql } from '../platform/database/database.js';
import { invalid, ProblemException } from '../platform/errors/problem.exception.js';
import type { Origin } from '../platform/http/origin.js';
import type { ChangePasswordRequest } from './auth.dto.js';
import { Credentials } from './credentials.service.js';
import { LoginLimits } from './login-limits.js';
import { Passwords } from './passwords.js';
import { PasswordTokens } from './tokens/password-tokens.service.js';
import { SET_PASSWORD_SQL } from './tokens/token.queries.js';

const HASH_SQL = 'select password_hash as hash from agent where id = $1 and deleted_at is null';
const KEEP_SQL = 'update session set auth_epoch = $2 where id = $1';

@Injectable()
export class PasswordChange {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly limits: LoginLimits,
    private readonly tokens: PasswordTokens,
    private readonly credentials: Credentials,
    private readonly revocations: Revocations,
    private readonly audit: AuditService,
  ) {}

  /** 400 for an API key, 401 `invalid_credentials`, 422 for the password it was before, 429. */
  async change(caller: Authority, request: ChangePasswordRequest, origin: Origin): Promise<ChangedPassword> {
    if (caller.credential.kind === 'api_key') {
      throw new ProblemException('bad_request', 'An API key has no password; log in to change yours.');
    }
    const { currentPassword, newPassword } = request;
    const known = await this.verified(caller, currentPassword, origin);
    if (newPassword === currentPassword) {
      throw invalid('newPassword', 'password_unchanged', 'Choose another password than the current one.');
    }
    const passwordHash = await this.passwords.hash(newPassword);
    const revocation = await this.database.transaction(caller.workspaceId, (em) =>
      this.replace(em, caller, known, passwordHash),
    );
    return { receipt: await this.revocations.confirm([revocation]) };
  }

  /** The hash that the current password matches. */
  private async verified(caller: Authority, password: string, { address }: Origin): Promise<string> {
    const { rows } = await this.database
      .of(caller.workspaceId)
      .query<{ hash: string | null }>(HASH_SQL, [caller.agentId]);
    const hash = rows[0]?.hash ?? null;
    const account = { workspace: caller.workspace.slug, email: caller.agentEmail, isKnown: true };
    const attempt = { address, accounts: [account] };
    const [isRight] = await this.passwords.matching(password, async () => {
      await this.limits.admit(attempt);
      return [hash];
    });
    if (isRight && hash) return hash;
    const headers = await this.limits.failed(attempt);
    throw new ProblemException('invalid_credentials', 'The current password is wrong.', { headers });
  }

  private async replace(em: EntityManager, caller: Authority, known: string, hash: string): Promise<Revocation> {
    const { agentId, workspaceId, credential } = caller;
    const [now] = await sql<{ hash: string | null }>(em, `${HASH_SQL} for update`, [agentId]);
    if (now?.hash !== known) {
      throw new ProblemException('invalid_credentials', 'The current password was changed just now; log in again.');
    }
    const [agent] = await sql<{ auth_epoch: number }>(em, SET_PASSWORD_SQL, [agentId, hash]);
    const ended = await this.credentials.end(em, agentId, 'password_changed', credential.id);
    await sql(em, KEEP_SQL, [credential.id, agent?.auth_epoch]);
    await this.tokens.withdraw(em, agentId);
    this.audit.record(em, {
      actor: caller,
      workspaceId,
      action: 'agent.password_set',
      target: { kind: 'agent', id: agentId },
      after: { with: 'current password' },
    });
    return this.revocations.add(em, {
      ...ended,
      workspaceId,
      subject: { kind: 'agent', id: agentId },
      agentId,
      cause: 'password_changed',
      actorId: agentId,
    });
  }
}
