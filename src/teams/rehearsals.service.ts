/**
 * Dry runs: what a write of agents or teams would do.
 *
 * Who calls: services, with the very work that their real call commits. Guaranteed: the work runs in a transaction that
 * is rolled back, so the answer can't disagree with what the call would have done at that moment; nothing is written,
 * nobody is notified, no socket learns of it. What must never happen: an effect worked out beside the real thing.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { DryRunAnswer, Effect, RefusedWrite } from '#contracts';
import { lockAdministration } from '../access/administrator.rule.js';
import type { Revocation } from '../access/revocation/revocations.service.js';
import { SocketCensus } from '../access/socket-census.js';
import { Database } from '../platform/database/database.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { type Access, accessOf, type Affected } from './access.queries.js';
import { compareAccess } from './access-change.js';

/** Work to rehearse, and whose access it may change. */
export interface Rehearsal<Outcome> {
  affects: Affected;
  work: (em: EntityManager) => Promise<Outcome>;
  /** Where those are to be found afterwards; by default where they were. */
  afterwards?: (outcome: Outcome) => Affected;
}

/** Statuses of refusals that are about the state of things; others are answered as they are. */
const REFUSALS = new Set([403, 409, 412]);

@Injectable()
export class Rehearsals {
  constructor(
    private readonly database: Database,
    private readonly census: SocketCensus,
  ) {}

  /** What `work` would do. Throws what is wrong with the request itself: 404 and 422. */
  async of<Outcome extends { revocations: Revocation[] }>(
    workspaceId: string,
    rehearsal: Rehearsal<Outcome>,
  ): Promise<DryRunAnswer> {
    try {
      const { before, after, outcome } = await this.rehearse(workspaceId, rehearsal);
      const { changed, ...effect } = compareAccess(before, after);
      const sockets = await this.census.count(subjectOf(rehearsal.affects, changed));
      const conversations = outcome.revocations.reduce((sum, each) => sum + each.conversationsReleased, 0);
      return { effect: { ...effect, ...sockets, conversations } };
    } catch (error) {
      if (error instanceof ProblemException && REFUSALS.has(error.status)) return { effect: nothing(error) };
      throw error;
    }
  }

  private rehearse<Outcome>(workspaceId: string, { affects, work, afterwards }: Rehearsal<Outcome>) {
    const compare = async (em: EntityManager): Promise<{ before: Access[]; after: Access[]; outcome: Outcome }> => {
      await lockAdministration(em, workspaceId);
      const before = await accessOf(em, workspaceId, affects);
      const outcome = await work(em);
      await em.flush();
      const after = await accessOf(em, workspaceId, afterwards?.(outcome) ?? affects);
      return { before, after, outcome };
    };
    return this.database.inTurn(workspaceId, () => this.database.rehearse(workspaceId, compare));
  }
}

/** Whose sockets would be touched. */
function subjectOf(affects: Affected, changed: string[]): Affected {
  if ('agentIds' in affects) return { agentIds: changed };
  return changed.length > 0 ? affects : { agentIds: [] };
}

function nothing(error: ProblemException): Effect {
  const { code, detail } = error;
  const { permission, version } = error.extras;
  const refused: RefusedWrite = { code, detail, ...(permission && { permission }), ...(version && { version }) };
  return {
    gained: [],
    lost: [],
    agents: 0,
    sockets: 0,
    nodes: { asked: 0, answered: 0 },
    conversations: 0,
    refused,
  };
}
