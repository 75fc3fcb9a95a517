/**
 * May they, now? Asked by other services of the platform, which keep no rights of their own.
 *
 * Guaranteed: the answer is from a statement that was sent to the PostgreSQL primary after the question came.
 * Must never happen: an answer from before the question, or a yes for who is inactive.
 */
import { Injectable } from '@nestjs/common';
import type { AccessDecision } from '#contracts';
import { Database } from '../platform/database/database.js';
import { notFound } from '../platform/errors/problem.exception.js';
import type { AccessCheckRequest } from './access-check.dto.js';
import { type Authority, requirePermission } from './authority.js';
import { denialOf, standingOf } from './blueprint.js';
import { type AgentHolding, findHolding, keyOf } from './holding.queries.js';

@Injectable()
export class AccessCheckService {
  constructor(private readonly database: Database) {}

  /** Decides about the caller with this credential, or about an agent. Throws 403 `permission_missing`, 404. */
  async check(caller: Authority, { agentId, permissions }: AccessCheckRequest): Promise<AccessDecision> {
    const holding = await this.holding(caller, agentId);
    const denials = permissions.map((permission) => [permission, denialOf(holding, permission)] as const);
    return {
      allowed: denials.every(([, denial]) => denial === null),
      decisions: Object.fromEntries(denials.map(([permission, denial]) => [permission, denial === null])),
      blueprintVersion: holding.blueprintVersion,
      agentId: holding.agentId,
      standing: standingOf(holding),
      reasons: Object.fromEntries(denials.flatMap(([permission, denial]) => (denial ? [[permission, denial]] : []))),
    };
  }

  private async holding(caller: Authority, agentId: string | undefined): Promise<AgentHolding> {
    const isOther = agentId !== undefined && agentId !== caller.agentId;
    if (isOther) requirePermission(caller, 'agents.read', 'agents.manage');
    const keyId = agentId === undefined ? keyOf(caller) : null;
    const holding = await findHolding(
      this.database.of(caller.workspaceId),
      caller.workspaceId,
      agentId ?? caller.agentId,
      keyId,
    );
    if (!holding) throw notFound('agent');
    return holding;
  }
}
