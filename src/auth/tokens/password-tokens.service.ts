/**
 * Single-use tokens with which agents set a password: invitations for the first one, resets for a new one.
 *
 * Who calls: what invites (`add` in its transaction), the resets, and whoever has got a token (`use`). Guaranteed: a
 * token works once and for one purpose; setting a password ends every session and key of the agent and every other
 * token; whoever is inactive or deleted sets none, and keeps the token. A secret is in no table: only its hash, and where it is mailed it follows from the id (`Fingerprints.token`).
 * Must never happen: a secret or an address in Redis or a log; a token handed out to an administrator that was mailed.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ChangedPassword } from '#contracts';
import { type Revocation, Revocations } from '../../access/revocation/revocations.service.js';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../platform/clock.js';
import { Database, sql } from '../../platform/database/database.js';
import type { ProblemException } from '../../platform/errors/problem.exception.js';
import type { Origin } from '../../platform/http/origin.js';
import { newId } from '../../platform/ids.js';
import { Outbox } from '../../platform/outbox/outbox.js';
import { Credentials } from '../credentials.service.js';
import { Fingerprints } from '../fingerprints.js';
import { type Account, LoginLimits } from '../login-limits.js';
import { hashOpaqueToken } from '../opaque-token.js';
import { Passwords } from '../passwords.js';
import { Invitation } from '../session.entity.js';
import {
  LOCK_AGENT_SQL,
  SEEN_SQL,
  SET_PASSWORD_SQL,
  type TokenKind,
  USABLE_SQL,
  USE_SQL,
  WITHDRAW_SQL,
} from './token.queries.js';

declare module '../../platform/jobs/job-registry.js' {
  interface Jobs {
    /** Mails a token with which an agent sets a password. The key is the token's id. */
    'auth.mail-token': true;
  }
}

/** A token in a transaction that may not be committed yet. */
export interface NewToken {
  id: string;
  secret: string;
  expiresAt: Date;
}

/** Whose token it is. */
interface Owner {
  agent_id: string;
  workspace_id: string;
}

@Injectable()
export class PasswordTokens {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly limits: LoginLimits,
    private readonly fingerprints: Fingerprints,
    private readonly credentials: Credentials,
    private readonly revocations: Revocations,
    private readonly audit: AuditService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Adds a token to the transaction of `em`, instead of those of its kind that are still out. */
  async add(
    em: EntityManager,
    agent: { id: string; workspaceId: string },
    { kind, lifetimeMs, isMailed }: { kind: TokenKind; lifetimeMs: number; isMailed: boolean },
  ): Promise<NewToken> {
    await this.withdraw(em, agent.id, kind);
    const id = newId();
    const secret = this.fingerprints.token(id);
    const now = this.clock.now();
    const expiresAt = new Date(now + lifetimeMs);
    const { workspaceId, id: agentId } = agent;
    const times = { createdAt: new Date(now), expiresAt, usedAt: null };
    em.create(
      Invitation,
      { id, kind, tokenHash: hashOpaqueToken(secret), workspaceId, agentId, ...times },
      { persist: true },
    );
    if (isMailed) await this.outbox.add(em, workspaceId, 'auth.mail-token', [id]);
    return { id, secret, expiresAt };
  }

  /** Ends the agent's tokens that are still out, in the transaction of `em`. */
  async withdraw(em: EntityManager, agentId: string, kind: TokenKind | null = null): Promise<void> {
    await sql(em, WITHDRAW_SQL, [agentId, this.clock.date(), kind]);
  }

  /** Sets the password of the token's owner. Throws `refusal` for a token that is unknown, used or too old, or of an inactive agent. */
  async use(
    kind: TokenKind,
    secret: string,
    password: string,
    { address }: Origin,
    refusal: () => ProblemException,
  ): Promise<ChangedPassword> {
    const hash = hashOpaqueToken(secret);
    // Hashing a password is dear: not for a token that is none.
    const { rows } = await this.database.pool.query<Owner>(USABLE_SQL, [hash, kind, this.clock.date()]);
    const owner = rows[0];
    if (!owner) throw refusal();
    const passwordHash = await this.passwords.hash(password);
    const { agent, revocation } = await this.database.systemTransaction(async (em) => {
      const [agent] = await sql<Account>(em, LOCK_AGENT_SQL, [owner.agent_id]);
      const used = await sql(em, USE_SQL, [hash, kind, this.clock.date()]);
      if (!agent || used.length === 0) throw refusal();
      return { agent, revocation: await this.setPassword(em, owner, kind, passwordHash, address) };
    });
    const [receipt] = await Promise.all([this.revocations.confirm([revocation]), this.limits.forgive(agent)]);
    return { receipt };
  }

  private async setPassword(
    em: EntityManager,
    { agent_id: agentId, workspace_id: workspaceId }: Owner,
    kind: TokenKind,
    passwordHash: string,
    address: string,
  ): Promise<Revocation> {
    await sql(em, SET_PASSWORD_SQL, [agentId, passwordHash]);
    await this.withdraw(em, agentId);
    await sql(em, SEEN_SQL, [agentId, workspaceId, this.fingerprints.origin(address), this.clock.date()]);
    this.audit.record(em, {
      actor: 'system',
      workspaceId,
      action: 'agent.password_set',
      target: { kind: 'agent', id: agentId },
      after: { with: kind },
    });
    return this.revocations.add(em, {
      ...(await this.credentials.end(em, agentId, 'password_changed')),
      workspaceId,
      subject: { kind: 'agent', id: agentId },
      agentId,
      cause: 'password_changed',
      actorId: null,
    });
  }
}
