/**
 * The sessions that go on: seeing and ending them, one's own, or anybody's of the workspace with `agents.manage`.
 *
 * Guaranteed: once an ending has answered, nothing more is done or sent under the session, on any node; the receipt says
 * so. Whoever may not end a session doesn't learn whether there is one.
 */
import { Injectable } from '@nestjs/common';
import type { EndedSessions, EndedSessionView, Page, SessionView } from '#contracts';
import { type Authority, isPermitted, requirePermission } from '../../access/authority.js';
import { Revocations } from '../../access/revocation/revocations.service.js';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../platform/clock.js';
import { Database, sql } from '../../platform/database/database.js';
import { keyset, type SortColumn } from '../../platform/database/keyset.js';
import { notFound } from '../../platform/errors/problem.exception.js';
import { type PageQuery, toPage } from '../../platform/http/page.js';
import { END_OF_AGENT_SQL, END_ONE_SQL, FORGET_SQL, type SessionRow, sessionsSql } from './session.queries.js';

const SORTS: Record<string, SortColumn> = {
  createdAt: { sql: 's.created_at', type: 'timestamptz' },
  lastUsedAt: { sql: 's.rotated_at', type: 'timestamptz' },
};

@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly revocations: Revocations,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Those of the caller, or of `agentId`. Throws 403 `permission_missing`, 404. */
  async list(caller: Authority, agentId: string | undefined, page: PageQuery): Promise<Page<SessionView>> {
    const of = await this.requireOwner(caller, agentId);
    const keys = keyset(page, SORTS, { fallback: '-createdAt', id: 's.id', firstParam: 5 });
    const { rows } = await this.database
      .of(caller.workspaceId)
      .query<SessionRow & { cursor: string[] }>(sessionsSql(keys), [
        caller.workspaceId,
        of,
        this.clock.date(),
        page.limit + 1,
        ...keys.params,
      ]);
    return toPage(
      rows,
      page.limit,
      (row) => toView(row, caller),
      (row) => row.cursor,
    );
  }

  /** Ends a session; answers with what it was. Throws 404, and 403 for an API key without `agents.manage`. */
  async end(caller: Authority, id: string): Promise<EndedSessionView> {
    const { workspaceId } = caller;
    const isAnybodys = isPermitted(caller, 'agents.manage');
    const own = ownerOf(caller);
    if (!own) requirePermission(caller, 'agents.manage');
    const { row, revocation } = await this.database.transaction(workspaceId, async (em) => {
      const parameters = [id, workspaceId, this.clock.date(), 'session_ended', isAnybodys ? null : own];
      const [row] = await sql<SessionRow>(em, END_ONE_SQL, parameters);
      if (!row) throw notFound('session');
      this.audit.record(em, {
        actor: caller,
        workspaceId,
        action: 'session.ended',
        target: { kind: 'session', id },
        before: { agentId: row.agent_id },
      });
      const revocation = await this.revocations.add(em, {
        workspaceId,
        subject: { kind: 'session', id },
        agentId: row.agent_id,
        cause: 'session_ended',
        actorId: caller.agentId,
        sessions: 1,
      });
      return { row, revocation };
    });
    return { ...toView(row, caller), receipt: await this.revocations.confirm([revocation]) };
  }

  /** Ends all sessions of the caller but the one that asks, or all of `agentId`. Throws 403 `permission_missing`, 404. */
  async endAll(caller: Authority, agentId: string | undefined): Promise<EndedSessions> {
    const { workspaceId } = caller;
    const of = await this.requireOwner(caller, agentId);
    const revocations = await this.database.transaction(workspaceId, async (em) => {
      const stays = caller.credential.kind === 'session' ? caller.credential.id : null;
      const parameters = [of, workspaceId, this.clock.date(), 'session_ended', stays];
      const rows = await sql<SessionRow>(em, END_OF_AGENT_SQL, parameters);
      if (rows.length === 0) return [];
      this.audit.record(em, {
        actor: caller,
        workspaceId,
        action: 'agent.sessions_ended',
        target: { kind: 'agent', id: of },
        before: { sessions: rows.length },
      });
      const revocation = await this.revocations.add(em, {
        workspaceId,
        subject: { kind: 'agent', id: of },
        agentId: of,
        cause: 'session_ended',
        actorId: caller.agentId,
        sessions: rows.length,
      });
      return [revocation];
    });
    const receipt = await this.revocations.confirmAll(revocations);
    return { ended: receipt?.sessions ?? 0, receipt };
  }

  /** Deletes what nobody needs any more. */
  async forget(): Promise<void> {
    for (const text of FORGET_SQL) await this.database.pool.query(text, [this.clock.date()]);
  }

  /** Whose sessions are meant: the caller's, or with `agents.manage` another's. */
  private async requireOwner(caller: Authority, agentId: string | undefined): Promise<string> {
    const own = ownerOf(caller);
    if (own && (agentId === undefined || agentId === own)) return own;
    requirePermission(caller, 'agents.manage');
    const of = agentId ?? caller.agentId;
    const { rowCount } = await this.database
      .of(caller.workspaceId)
      .query('select from agent where workspace_id = $1 and id = $2 and deleted_at is null', [caller.workspaceId, of]);
    if (!rowCount) throw notFound('agent');
    return of;
  }
}

/** Whose sessions are the caller's own. An API key is no login: it has none. */
function ownerOf(caller: Authority): string | null {
  return caller.credential.kind === 'session' ? caller.agentId : null;
}

function toView(row: SessionRow, caller: Authority): SessionView {
  const time = (at: Date | number) => new Date(at).toISOString();
  return {
    id: row.id,
    agent: { id: row.agent_id, name: row.agent_name },
    createdAt: time(row.created_at),
    lastUsedAt: time(row.rotated_at),
    expiresAt: time(row.expires_at),
    current: row.id === caller.credential.id,
    client: { userAgent: row.client, network: row.network },
  };
}
