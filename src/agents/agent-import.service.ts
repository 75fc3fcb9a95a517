/**
 * Agents from a list: many at once, created, or found by their e-mail and changed.
 *
 * Who calls: whoever reads the list, a page at a time, with rows that were checked as `POST /agents` checks its body:
 * `take` inside a transaction, `settle` after its commit. Guaranteed: the rules of creating and changing one agent
 * hold for each row; what breaks one refuses that row and no other. What must never happen: a page that names an
 * e-mail twice; rights taken away without a revocation.
 */
import { Injectable } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AgentColumn, Receipt } from '#contracts';
import { hasAdministrator, lastAdministrator, lockAdministration } from '../access/administrator.rule.js';
import type { Authority } from '../access/authority.js';
import { beyond } from '../access/blueprint.js';
import { InvitationsService } from '../auth/invitations.service.js';
import { sql } from '../platform/database/database.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { Outbox } from '../platform/outbox/outbox.js';
import type { Team } from '../teams/team.entity.js';
import { TeamWrites } from '../teams/team-writes.service.js';
import { type AgentChange, AgentChanges, type AgentOutcome, noOutcome } from './agent-changes.service.js';
import { requireMayShow, revives, selfEdit, touchesAccess } from './agent-access.rule.js';
import { Agent, type AgentSettings } from './agent.entity.js';
import type { CreateAgentRequest } from './agents.dto.js';
import { NewAgents } from './new-agents.service.js';

/** An agent as it is to be. */
export interface ImportRow {
  line: number;
  email: string;
  values: Omit<CreateAgentRequest, 'password'>;
}

/** A row that was refused, and why. */
export interface RefusedRow {
  row: ImportRow;
  column: AgentColumn | null;
  code: string;
  detail: string;
}

/** What a page came to. */
export interface TakenPage {
  created: number;
  updated: number;
  unchanged: number;
  refused: RefusedRow[];
  /** Teams that got agents: for `syncTeams`, once for all pages. */
  teams: ReadonlySet<string>;
  /** For `settle`, after the commit. */
  outcomes: AgentOutcome[];
}

/** Locks one import after the other in a workspace: two that name the same people would wait for each other. */
const IMPORT_LOCK_SQL = "select pg_advisory_xact_lock(hashtextextended('agent import ' || $1, 0))";

/** Who of the transaction's workspace has one of these e-mails. `$1`: e-mails. */
const KNOWN_SQL = 'select at, id from agents_with_email($1)';

@Injectable()
export class AgentImport {
  constructor(
    private readonly teams: TeamWrites,
    private readonly newAgents: NewAgents,
    private readonly changes: AgentChanges,
    private readonly invitations: InvitationsService,
    private readonly outbox: Outbox,
  ) {}

  /** Takes a page in the transaction of `em`. A page that others disturbed violates `agent_email`: take it again. */
  async take(em: EntityManager, caller: Authority, rows: ImportRow[], isInviting = false): Promise<TakenPage> {
    await sql(em, IMPORT_LOCK_SQL, [caller.workspaceId]);
    const known = await this.lockKnown(em, caller.workspaceId, rows);
    const teams = await this.teams.lockForMembers(em, new Set(rows.map((row) => row.values.teamId)));
    const refused: RefusedRow[] = [];
    const admitted: ImportRow[] = [];
    for (const row of rows) {
      const refusal = await this.refusalOf(em, caller, row, known.get(row), teams.get(row.values.teamId));
      if (refusal) refused.push({ row, ...refusal });
      else admitted.push(row);
    }
    const created = admitted.filter((row) => !known.has(row));
    const changes = admitted.flatMap((row) => changeOf(row, known.get(row)) ?? []);
    const changed = changes.filter(changesAnything);
    return {
      created: created.length,
      updated: changed.length,
      unchanged: changes.length - changed.length,
      refused,
      teams: new Set(created.map((row) => row.values.teamId)),
      outcomes: [await this.create(em, caller, created, isInviting), await this.changes.changeAll(em, caller, changed)],
    };
  }

  /**
   * After the last page: brings what is derived from the new agents' rights to their teams' blueprints. A job for each
   * page would walk the whole teams each time; if this is never called, the sweep of the re-sync sees to it.
   */
  async syncTeams(em: EntityManager, workspaceId: string, teams: ReadonlySet<string>): Promise<void> {
    await this.outbox.add(em, workspaceId, 'permissions.resync-team', [...teams]);
  }

  /** After the commit: tells of it, and waits until what was revoked is revoked everywhere. */
  settle(pages: readonly TakenPage[]): Promise<Receipt | null> {
    return this.changes.settle(pages.flatMap((page) => page.outcomes));
  }

  private async lockKnown(em: EntityManager, workspaceId: string, rows: ImportRow[]): Promise<Map<ImportRow, Agent>> {
    const emails = rows.map((row) => row.values.email);
    const found = await sql<{ at: number; id: string }>(em, KNOWN_SQL, [emails]);
    if (found.length === 0) return new Map();
    await lockAdministration(em, workspaceId);
    const locked = await em.find(
      Agent,
      { id: { $in: found.map(({ id }) => id) }, deletedAt: null },
      { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
    );
    const agents = new Map(locked.map((agent) => [agent.id, agent]));
    return new Map(found.flatMap(({ at, id }) => pair(rows[at - 1], agents.get(id))));
  }

  private async refusalOf(
    em: EntityManager,
    caller: Authority,
    row: ImportRow,
    agent: Agent | undefined,
    team: Team | undefined,
  ): Promise<Omit<RefusedRow, 'row'> | null> {
    if (!team) return { column: 'team', code: 'team_not_found', detail: 'Choose a team from GET /api/v1/teams.' };
    try {
      const isRevived = agent !== undefined && revives(agent, row.values);
      if (isRevived || agent?.teamId !== team.id) requireWithin(caller, team);
      const hidePhone = row.values.hidePhone ?? agent?.hidePhone ?? false;
      if (isRevived || hidePhone !== agent?.hidePhone) requireMayShow(caller, { hidePhone });
      if (agent?.id === caller.agentId) await this.refuseSelf(em, caller, row, agent);
      return null;
    } catch (error) {
      if (!(error instanceof ProblemException)) throw error;
      const column = error.code === 'beyond_own_rights' && agent?.teamId !== team.id ? 'team' : null;
      return { column, code: error.code, detail: error.detail };
    }
  }

  /** Nobody changes their own access; that nobody else is left to do it is said first. */
  private async refuseSelf(em: EntityManager, caller: Authority, row: ImportRow, agent: Agent): Promise<void> {
    const before = agent.settings();
    if (!touchesAccess(before, { ...before, ...valuesOf(row, agent) })) return;
    throw (await hasAdministrator(em, caller.workspaceId, caller.agentId)) ? selfEdit() : lastAdministrator();
  }

  private async create(
    em: EntityManager,
    caller: Authority,
    rows: ImportRow[],
    isInviting: boolean,
  ): Promise<AgentOutcome> {
    if (rows.length === 0) return noOutcome(caller.workspaceId);
    const requests = rows.map(({ values }) => ({ ...values, passwordHash: null }));
    const outcome = await this.newAgents.insert(em, caller.workspaceId, requests, caller);
    if (isInviting) for (const { id } of outcome.changed) await this.invitations.add(em, caller.workspaceId, id);
    return outcome;
  }
}

/** Nobody puts an agent into a team with rights they don't have themselves. */
function requireWithin(caller: Authority, team: Team): void {
  const missing = beyond(caller.permissions, team.permissions);
  if (missing.length === 0) return;
  throw new ProblemException('beyond_own_rights', `This team can do what you can't: ${missing.join(', ')}.`);
}

function changeOf(row: ImportRow, agent: Agent | undefined): AgentChange | null {
  return agent ? { agent, values: valuesOf(row, agent) } : null;
}

/** What the row says of an agent that is there. The e-mail, by which it was found, stays; no notes are no notes. */
function valuesOf({ values }: ImportRow, agent: Agent): Partial<AgentSettings> {
  const { email: _, notes, ...rest } = values;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  if (notes === undefined || (notes ?? '') === (agent.notes ?? '')) return given;
  return { ...given, notes };
}

function changesAnything({ agent, values }: AgentChange): boolean {
  return JSON.stringify({ ...agent.settings(), ...values }) !== JSON.stringify(agent.settings());
}

function pair(row: ImportRow | undefined, agent: Agent | undefined): [ImportRow, Agent][] {
  return row && agent ? [[row, agent]] : [];
}
