import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Invitation as InvitationView } from '#contracts';
import { Revocations } from '../access/revocation/revocations.service.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database, sql } from '../platform/database/database.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { Credentials } from './credentials.service.js';
import { createOpaqueToken, hashOpaqueToken } from './opaque-token.js';
import { Passwords } from './passwords.js';
import { Invitation } from './session.entity.js';

const LIFETIME_MS = 7 * 24 * 3600 * 1000;

const USE_SQL = `
update invitation set used_at = $2
where token_hash = $1 and used_at is null and expires_at > $2
returning workspace_id, agent_id`;

const SET_PASSWORD_SQL = `
update agent set password_hash = $2, auth_epoch = auth_epoch + 1 where id = $1 and deleted_at is null`;

/** Single-use tokens with which agents set their first password. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly audit: AuditService,
    private readonly credentials: Credentials,
    private readonly revocations: Revocations,
    private readonly clock: Clock,
  ) {}

  /** Adds an invitation to the transaction of `em`; the token is in the answer and nowhere else. */
  add(em: EntityManager, workspaceId: string, agentId: string): InvitationView {
    const { token, hash } = createOpaqueToken();
    const now = this.clock.now();
    const expiresAt = new Date(now + LIFETIME_MS);
    em.create(
      Invitation,
      { tokenHash: hash, workspaceId, agentId, createdAt: new Date(now), expiresAt, usedAt: null },
      { persist: true },
    );
    return { token, expiresAt: expiresAt.toISOString() };
  }

  /** Ends the agent's invitations that are still out, in the transaction of `em`. */
  async withdraw(em: EntityManager, agentId: string): Promise<void> {
    await sql(em, 'update invitation set used_at = $2 where agent_id = $1 and used_at is null', [
      agentId,
      this.clock.date(),
    ]);
  }

  /** Sets the password of the invited agent. 422 `invitation_invalid` for a token that is unknown, used or too old. */
  async accept(token: string, password: string): Promise<void> {
    const passwordHash = await this.passwords.hash(password);
    const revocation = await this.database.systemTransaction(async (em) => {
      const [used] = await sql<{ workspace_id: string; agent_id: string }>(em, USE_SQL, [
        hashOpaqueToken(token),
        this.clock.date(),
      ]);
      if (!used) {
        throw new ProblemException(
          'invitation_invalid',
          'This invitation was used before or is too old; ask for a new one.',
        );
      }
      await sql(em, SET_PASSWORD_SQL, [used.agent_id, passwordHash]);
      this.audit.record(em, {
        actor: 'system',
        workspaceId: used.workspace_id,
        action: 'agent.password_set',
        target: { kind: 'agent', id: used.agent_id },
      });
      return this.revocations.add(em, {
        ...(await this.credentials.end(em, used.agent_id, 'password_changed')),
        workspaceId: used.workspace_id,
        subject: { kind: 'agent', id: used.agent_id },
        agentId: used.agent_id,
        cause: 'password_changed',
        actorId: null,
      });
    });
    await this.revocations.confirm([revocation]);
  }
}
