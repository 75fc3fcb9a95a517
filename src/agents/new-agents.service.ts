import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type Actor, AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { sql } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { Outbox } from '../platform/outbox/outbox.js';
import { type AgentOutcome, noOutcome } from './agent-changes.service.js';
import { Agent } from './agent.entity.js';
import { AgentParticipants } from './agent.participants.js';
import { resyncOf } from './agent-resync.js';
import type { CreateAgentRequest } from './agents.dto.js';

/** A new agent with its password already hashed. */
export type NewAgent = Omit<CreateAgentRequest, 'password'> & { passwordHash: string | null };

/** Adds agents, with everything that belongs to one. */
@Injectable()
export class NewAgents {
  constructor(
    private readonly participants: AgentParticipants,
    private readonly audit: AuditService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Adds agents to the transaction of `em`; whoever calls has made sure that `actor` may. */
  async add(em: EntityManager, workspaceId: string, requests: NewAgent[], actor: Actor): Promise<AgentOutcome> {
    const outcome = await this.insert(em, workspaceId, requests, actor);
    await this.outbox.add(em, workspaceId, ...resyncOf(outcome.changed));
    return outcome;
  }

  /** As `add`, for one page of many: whoever calls has their teams synced when the last page is written. */
  async insert(em: EntityManager, workspaceId: string, requests: NewAgent[], actor: Actor): Promise<AgentOutcome> {
    const now = this.clock.date();
    const rows = requests.map((request) => newAgent(workspaceId, request, now));
    // Not by way of the unit of work, which costs several times as much where there are many.
    await em.insertMany(Agent, rows);
    const agents = rows.map((row) => em.create(Agent, row, { managed: false, persist: false }));
    await this.audit.recordAll(
      em,
      agents.map((agent) => ({
        actor,
        workspaceId,
        action: 'agent.created',
        target: { kind: 'agent', id: agent.id },
        after: { ...agent.settings() },
      })),
    );
    const ids = agents.map((agent) => agent.id);
    await sql(
      em,
      `insert into agent_sync (agent_id, workspace_id, team_id)
       select id, workspace_id, team_id from agent where id = any($1::uuid[])`,
      [ids],
    );
    const told = await this.participants.created(em, workspaceId, ids);
    return { ...noOutcome(workspaceId), changed: agents, told };
  }
}

function newAgent(workspaceId: string, request: NewAgent, now: Date) {
  return {
    id: newId(),
    workspaceId,
    teamId: request.teamId,
    name: request.name,
    email: request.email,
    phone: request.phone,
    passwordHash: request.passwordHash,
    status: request.status ?? ('active' as const),
    hidePhone: request.hidePhone ?? false,
    notes: request.notes ?? null,
    capacity: request.capacity ?? null,
    authEpoch: 1,
    version: 1,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
}
