/**
 * Login and sessions.
 *
 * Guaranteed: an unknown e-mail and a wrong password get the same answer after the same work; a session is issued
 * or refreshed with the agent's row locked FOR SHARE, so none is born while the agent is being deactivated; a
 * refresh token works once, apart from a lost answer (`refresh.rule.ts`), and using any old one ends the session:
 * somebody else has it.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { LoginAnswer, LogoutAnswer } from '#contracts';
import { AccessTokens } from '../access/access-tokens.js';
import type { Authority } from '../access/authority.js';
import { type Revocation, Revocations } from '../access/revocation/revocations.service.js';
import { type Actor, AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database, sql } from '../platform/database/database.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { networkOf, type Origin } from '../platform/http/origin.js';
import { newId } from '../platform/ids.js';
import type { LoginRequest } from './auth.dto.js';
import {
  CANDIDATES_SQL,
  HOLD_AGENT_SQL,
  ISSUE_SQL,
  type LoginCandidate,
  type LoginRow,
  type RefreshRow,
  REVOKE_SQL,
  ROTATE_SQL,
  SESSION_TO_REFRESH_SQL,
} from './auth.queries.js';
import { Fingerprints } from './fingerprints.js';
import { LoginLimits, type TriedAccount } from './login-limits.js';
import { Passwords } from './passwords.js';
import { exchange } from './refresh.rule.js';
import { createRefreshToken, parseRefreshToken } from './refresh-token.js';

/** What an exchange came to: a new token, or the end of the session. */
type Exchange = { row: RefreshRow } & ({ token: string } | { reuse: Revocation });

@Injectable()
export class AuthService {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly limits: LoginLimits,
    private readonly fingerprints: Fingerprints,
    private readonly tokens: AccessTokens,
    private readonly revocations: Revocations,
    private readonly audit: AuditService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** 401 `invalid_credentials`, 409 `workspace_required`, 403 `agent_inactive` or `team_inactive`, 429. */
  async login(request: LoginRequest, origin: Origin): Promise<LoginAnswer> {
    const agent = onlyOne(await this.matching(request, origin));
    requireActive(agent.status, agent.team_status, 403);
    const id = newId();
    const { token, hash } = createRefreshToken(id, this.fingerprints);
    await this.issue(id, hash, agent, origin);
    return this.answer({ id, agentId: agent.id }, token, agent);
  }

  /** Exchanges a refresh token. 401 `refresh_reused` ends the session; other codes as for any credential. */
  async refresh(refreshToken: string, origin: Origin): Promise<LoginAnswer> {
    const outcome = await this.database.systemTransaction((em) => this.exchange(em, refreshToken, origin));
    if ('reuse' in outcome) {
      await this.revocations.confirm([outcome.reuse]);
      throw new ProblemException(
        'refresh_reused',
        'This refresh token was used before, so the session was ended; log in again.',
      );
    }
    const { id: sessionId, agent_id: id, name, email } = outcome.row;
    return this.answer({ id: sessionId, agentId: id }, outcome.token, { id, name, email });
  }

  /** Ends the caller's session. An API key has none: 400. */
  async logout(caller: Authority): Promise<LogoutAnswer> {
    if (caller.credential.kind === 'api_key') {
      throw new ProblemException('bad_request', 'An API key is ended with DELETE /api/v1/api-keys/:id.');
    }
    const session = { id: caller.credential.id, workspaceId: caller.workspaceId, agentId: caller.agentId };
    const revocation = await this.database.transaction(caller.workspaceId, (em) =>
      this.end(em, session, 'logout', caller),
    );
    return { receipt: await this.revocations.confirm([revocation]) };
  }

  /** The agents whose e-mail and password these are; refuses when there is none. */
  private async matching({ email, password, workspace }: LoginRequest, origin: Origin): Promise<LoginCandidate[]> {
    const { address } = origin;
    const parameters = [email, workspace ?? null, this.fingerprints.origin(address)];
    const { rows } = await this.database.pool.query<LoginRow>(CANDIDATES_SQL, parameters);
    const candidates = rows.filter((row) => row.id !== null);
    const accounts = rows.map((row) => accountOf(row, email));
    const attempt = { address, accounts };
    // Once before the queue, which is short, and once at its end: those before may have spent the budget.
    await this.limits.admit(attempt);
    const matches = await this.passwords.matching(password, async () => {
      const admitted = await this.limits.admit(attempt);
      return candidates.map(({ password_hash: hash }, index) => (admitted[index] ? hash : null));
    });
    const agents = candidates.filter((_, index) => matches[index]);
    if (agents.length === 0) {
      const headers = await this.limits.failed(attempt);
      throw new ProblemException('invalid_credentials', 'The e-mail or the password is wrong.', { headers });
    }
    const missed = accounts.filter((_, index) => !matches[index]);
    await this.limits.succeeded({ address, accounts: missed });
    return agents;
  }

  private async issue(id: string, hash: Buffer, agent: LoginCandidate, { address, client }: Origin): Promise<void> {
    const now = this.clock.now();
    const times = [new Date(now), new Date(now + this.config.sessionMs)];
    const from = [client, networkOf(address), this.fingerprints.origin(address)];
    const parameters = [id, agent.workspace_id, agent.id, hash, ...times, ...from, agent.password_hash];
    const issued = await this.database.pool.query(ISSUE_SQL, parameters);
    if (issued.rowCount) return;
    throw new ProblemException('agent_inactive', 'Your access was changed just now; log in again.');
  }

  private async exchange(em: EntityManager, refreshToken: string, origin: Origin): Promise<Exchange> {
    const { sessionId, hash } = parseRefreshToken(refreshToken, this.fingerprints);
    await sql(em, HOLD_AGENT_SQL, [sessionId]);
    const row = (await sql<RefreshRow>(em, SESSION_TO_REFRESH_SQL, [sessionId]))[0];
    if (!row) throw new ProblemException('token_invalid', 'This refresh token is not known; log in again.');
    requireAlive(row);
    const now = this.clock.now();
    const next = createRefreshToken(row.id, this.fingerprints);
    const time = { now, graceMs: this.config.refreshGraceMs };
    const family = exchange(
      { ...row, rotatedAt: row.rotated_at },
      hash.toString('hex'),
      next.hash.toString('hex'),
      time,
    );
    if (!family) {
      const session = { id: row.id, workspaceId: row.workspace_id, agentId: row.agent_id };
      return { row, reuse: await this.end(em, session, 'refresh_reused', 'system') };
    }
    const times = [new Date(family.rotatedAt), new Date(now + this.config.sessionMs)];
    const from = [origin.client, networkOf(origin.address)];
    await sql(em, ROTATE_SQL, [row.id, family.current, family.previous, ...times, ...from]);
    return { row, token: next.token };
  }

  private async end(
    em: EntityManager,
    session: { id: string; workspaceId: string; agentId: string },
    cause: 'logout' | 'refresh_reused',
    actor: Actor,
  ): Promise<Revocation> {
    const { id, workspaceId, agentId } = session;
    await sql(em, REVOKE_SQL, [id, this.clock.date(), cause]);
    this.audit.record(em, {
      actor,
      workspaceId,
      action: cause === 'logout' ? 'session.logged_out' : 'session.refresh_reused',
      target: { kind: 'session', id },
      before: { agentId },
    });
    return this.revocations.add(em, {
      workspaceId,
      subject: { kind: 'session', id },
      agentId,
      cause,
      actorId: actor === 'system' ? null : actor.agentId,
      sessions: 1,
    });
  }

  private async answer(
    session: { id: string; agentId: string },
    refreshToken: string,
    agent: { id: string; name: string; email: string },
  ): Promise<LoginAnswer> {
    return {
      accessToken: await this.tokens.issue(session),
      refreshToken,
      expiresIn: this.config.accessTokenSeconds,
      agent: { id: agent.id, name: agent.name, email: agent.email },
    };
  }
}

/** What is counted for a row: an account that doesn't exist has its budget in the workspace that was meant. */
function accountOf(row: LoginRow, email: string): TriedAccount {
  if (row.id === null) return { workspace: row.asked, email, isKnown: false };
  return { workspace: row.workspace_slug, email: row.email, isKnown: row.known };
}

function onlyOne(candidates: LoginCandidate[]): LoginCandidate {
  const [first, second] = candidates;
  if (first && !second) return first;
  const slugs = candidates.map((candidate) => candidate.workspace_slug).join(', ');
  throw new ProblemException('workspace_required', `You are in several workspaces; send workspace as one of ${slugs}.`);
}

function requireAlive(row: RefreshRow): void {
  if (!row.deleted) requireActive(row.status, row.team_status, 401);
  if (row.dead || row.deleted) throw new ProblemException('session_revoked', 'This session was ended; log in again.');
  if (row.expired) throw new ProblemException('token_expired', 'This session has expired; log in again.');
}

function requireActive(agent: 'active' | 'inactive', team: 'active' | 'inactive', status: 401 | 403): void {
  if (agent === 'inactive') {
    throw new ProblemException('agent_inactive', 'Your access was ended; ask an administrator.', { status });
  }
  if (team === 'inactive') {
    throw new ProblemException('team_inactive', 'Your team is inactive; ask an administrator.', { status });
  }
}
