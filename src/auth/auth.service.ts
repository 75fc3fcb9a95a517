/**
 * Login and sessions.
 *
 * Guaranteed: an unknown e-mail and a wrong password get the same answer after the same work; a session is issued
 * or refreshed with the agent's row locked FOR SHARE, so none is born while the agent is being deactivated; a
 * refresh token works once, and using any old one ends the session: somebody else has it.
 */
import { Injectable } from '@nestjs/common';
import type { LoginAnswer, LogoutAnswer, RevocationCause } from '#contracts';
import { AccessTokens } from '../access/access-tokens.js';
import type { Authority } from '../access/authority.js';
import { Revocations } from '../access/revocation/revocations.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database, sql } from '../platform/database/database.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { newId } from '../platform/ids.js';
import type { LoginRequest } from './auth.dto.js';
import {
  CANDIDATES_SQL,
  ISSUE_SQL,
  type LoginCandidate,
  type RefreshRow,
  REVOKE_SQL,
  ROTATE_SQL,
  SESSION_BY_REFRESH_SQL,
} from './auth.queries.js';
import { createRefreshToken, parseRefreshToken } from './refresh-token.js';
import { Passwords } from './passwords.js';

@Injectable()
export class AuthService {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly tokens: AccessTokens,
    private readonly revocations: Revocations,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** 401 `invalid_credentials`, 409 `workspace_required`, 403 `agent_inactive` or `team_inactive`. */
  async login(request: LoginRequest): Promise<LoginAnswer> {
    const agent = onlyOne(await this.matching(request));
    requireActive(agent.status, agent.team_status, 403);
    const id = newId();
    const { token, hash } = createRefreshToken(id);
    const now = this.clock.now();
    const issued = await this.database.pool.query(ISSUE_SQL, [
      id,
      agent.workspace_id,
      agent.id,
      hash,
      new Date(now),
      new Date(now + this.config.sessionMs),
    ]);
    if (issued.rowCount === 0)
      throw new ProblemException('agent_inactive', 'Your access was ended; ask an administrator.');
    return this.answer({ id, agentId: agent.id }, token, agent);
  }

  /** Exchanges a refresh token. 401 `refresh_reused` ends the session; other codes as for any credential. */
  async refresh(refreshToken: string): Promise<LoginAnswer> {
    const { sessionId, hash } = parseRefreshToken(refreshToken);
    const outcome = await this.database.systemTransaction(async (em) => {
      const row = (await sql<RefreshRow>(em, SESSION_BY_REFRESH_SQL, [sessionId, hash]))[0];
      if (!row) throw new ProblemException('token_invalid', 'This refresh token is not known; log in again.');
      requireAlive(row);
      const now = this.clock.date();
      if (!row.current) {
        await sql(em, REVOKE_SQL, [row.id, now, 'refresh_reused']);
        return { row, token: null, reused: [await this.revocations.add(em, endOf(row, 'refresh_reused'))] };
      }
      const next = createRefreshToken(row.id);
      await sql(em, ROTATE_SQL, [row.id, next.hash, now, new Date(now.getTime() + this.config.sessionMs)]);
      return { row, token: next.token, reused: [] };
    });
    if (outcome.token === null) {
      await this.revocations.confirm(outcome.reused);
      throw new ProblemException(
        'refresh_reused',
        'This refresh token was used before, so the session was ended; log in again.',
      );
    }
    const { agent_id: id, name, email } = outcome.row;
    return this.answer({ id: outcome.row.id, agentId: id }, outcome.token, { id, name, email });
  }

  /** Ends the caller's session. An API key has none: 400. */
  async logout(caller: Authority): Promise<LogoutAnswer> {
    if (caller.credential.kind === 'api_key') {
      throw new ProblemException('bad_request', 'An API key is ended with DELETE /api/v1/api-keys/:id.');
    }
    const session = { id: caller.credential.id, workspace_id: caller.workspaceId, agent_id: caller.agentId };
    const revocation = await this.database.transaction(caller.workspaceId, async (em) => {
      await sql(em, REVOKE_SQL, [session.id, this.clock.date(), 'logout']);
      return this.revocations.add(em, { ...endOf(session, 'logout'), actorId: caller.agentId });
    });
    return { receipt: await this.revocations.confirm([revocation]) };
  }

  private async matching(request: LoginRequest): Promise<LoginCandidate[]> {
    const { rows } = await this.database.pool.query<LoginCandidate>(CANDIDATES_SQL, [
      request.email,
      request.workspace ?? null,
    ]);
    if (rows.length === 0) await this.passwords.matches(request.password, null);
    const checked = await Promise.all(
      rows.map(async (row) => ((await this.passwords.matches(request.password, row.password_hash)) ? [row] : [])),
    );
    return checked.flat();
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

/** The revocation of one session. */
function endOf(session: Pick<RefreshRow, 'id' | 'workspace_id' | 'agent_id'>, cause: RevocationCause) {
  return {
    workspaceId: session.workspace_id,
    subject: { kind: 'session' as const, id: session.id },
    agentId: session.agent_id,
    cause,
    actorId: null,
    sessions: 1,
  };
}

function onlyOne(candidates: LoginCandidate[]): LoginCandidate {
  const [first, second] = candidates;
  if (!first) throw new ProblemException('invalid_credentials', 'The e-mail or the password is wrong.');
  if (!second) return first;
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
