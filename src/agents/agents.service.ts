import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { DryRunAnswer, Invitation, Receipt } from '#contracts';
import type { Authority } from '../access/authority.js';
import type { Actor } from '../audit/audit.service.js';
import { Passwords } from '../auth/passwords.js';
import { Database } from '../platform/database/database.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { violates } from '../platform/errors/to-problem.js';
import { Rehearsals } from '../teams/rehearsals.service.js';
import { AgentChanges, type AgentOutcome } from './agent-changes.service.js';
import { type AgentCreated, AgentWrites } from './agent-writes.service.js';
import type { Agent } from './agent.entity.js';
import type { AfterCommit } from './agent.participants.js';
import type { BulkAgentsRequest, CreateAgentRequest, UpdateAgentRequest } from './agents.dto.js';
import { BulkAgents, type BulkOutcome, type BulkResult } from './bulk-agents.service.js';
import { type NewAgent, NewAgents } from './new-agents.service.js';

export type { NewAgent } from './new-agents.service.js';

declare module '../platform/jobs/job-registry.js' {
  interface Jobs {
    /** Brings what is derived from an agent's rights to its team's current blueprint. The key is the agent's id. */
    'permissions.resync-agent': true;
  }
}

/** Stands for the hash of a password in a rehearsal: hashing is dear, and nobody will log in with it. */
const NO_HASH = 'rehearsed';

/** Agents: created, changed and ended, or only rehearsed to be. */
@Injectable()
export class AgentsService {
  constructor(
    private readonly database: Database,
    private readonly writes: AgentWrites,
    private readonly bulkAgents: BulkAgents,
    private readonly newAgents: NewAgents,
    private readonly changes: AgentChanges,
    private readonly rehearsals: Rehearsals,
    private readonly passwords: Passwords,
  ) {}

  /** Creates an agent; without a password it is invited to set one. 409 `email_taken`, 422 `team_not_found`. */
  async create(caller: Authority, request: CreateAgentRequest): Promise<{ id: string; invitation: Invitation | null }> {
    const passwordHash = await this.hashed(request.password);
    const created = await this.database.transaction(caller.workspaceId, (em) =>
      this.creating(em, caller, request, passwordHash),
    );
    await this.changes.tell([created]);
    return { id: created.id, invitation: created.invitation };
  }

  rehearseCreate(caller: Authority, request: CreateAgentRequest): Promise<DryRunAnswer> {
    return this.rehearsals.of(caller.workspaceId, {
      affects: { agentIds: [] },
      work: (em) => this.creating(em, caller, request, request.password ? NO_HASH : null),
      afterwards: ({ id }) => ({ agentIds: [id] }),
    });
  }

  /** Adds agents to the transaction of `em`. Run `told` after the commit. */
  async add(
    em: EntityManager,
    workspaceId: string,
    requests: NewAgent[],
    actor: Actor,
  ): Promise<{ agents: Agent[]; told: AfterCommit }> {
    const outcome = await this.newAgents.add(em, workspaceId, requests, actor);
    return { agents: outcome.changed, told: () => this.changes.tell([outcome]) };
  }

  /**
   * Changes an agent. Saving without a change still re-syncs the agent's permissions: that is what
   * "Update Agent" is for. Resolves, with the receipt when rights were taken away, to what `read` finds: it is called
   * once the change is committed, while nodes confirm. 409 `last_administrator` and `email_taken`, 403 `self_edit`.
   */
  async update<View>(
    caller: Authority,
    id: string,
    { request, expected }: { request: UpdateAgentRequest; expected: number | null },
    read: () => Promise<View>,
  ): Promise<{ view: View; receipt: Receipt | null }> {
    const passwordHash = await this.hashed(request.password);
    const outcome = await this.inTurn(caller, (em) => this.updating(em, caller, id, request, passwordHash, expected));
    const [receipt, view] = await Promise.all([this.changes.settle([outcome]), read()]);
    return { view, receipt };
  }

  rehearseUpdate(
    caller: Authority,
    id: string,
    request: UpdateAgentRequest,
    expected: number | null,
  ): Promise<DryRunAnswer> {
    return this.rehearsals.of(caller.workspaceId, {
      affects: { agentIds: [id] },
      work: (em) => this.updating(em, caller, id, request, request.password ? NO_HASH : null, expected),
    });
  }

  /** Ends an agent for good; its history stays, its e-mail is free again. 409 `last_administrator`. */
  async delete(caller: Authority, id: string, expected: number | null): Promise<Receipt | null> {
    const outcome = await this.inTurn(caller, (em) => this.writes.end(em, caller, id, expected));
    return this.changes.settle([outcome]);
  }

  rehearseDelete(caller: Authority, id: string, expected: number | null): Promise<DryRunAnswer> {
    return this.rehearsals.of(caller.workspaceId, {
      affects: { agentIds: [id] },
      work: (em) => this.writes.end(em, caller, id, expected),
    });
  }

  /** Changes many agents at once, each or not. Throws 422 `team_not_found`, 409 `last_administrator`. */
  async bulk(
    caller: Authority,
    { ids, set }: BulkAgentsRequest,
  ): Promise<{ results: BulkResult[]; receipt: Receipt | null }> {
    const outcome = await this.inTurn(caller, (em) => this.bulkAgents.change(em, caller, ids, set));
    return { results: outcome.results, receipt: await this.changes.settle([outcome]) };
  }

  /** What `bulk` would do, and what would become of each agent. */
  async rehearseBulk(
    caller: Authority,
    { ids, set }: BulkAgentsRequest,
  ): Promise<{ answer: DryRunAnswer; results: BulkResult[] }> {
    let outcome: BulkOutcome | null = null;
    const answer = await this.rehearsals.of(caller.workspaceId, {
      affects: { agentIds: ids },
      work: async (em) => (outcome = await this.bulkAgents.change(em, caller, ids, set)),
    });
    return { answer, results: (outcome as BulkOutcome | null)?.results ?? [] };
  }

  /** Changes that could take away the last administrator wait for each other. */
  private inTurn<T>({ workspaceId }: Authority, work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inTurn(workspaceId, () => this.database.transaction(workspaceId, work));
  }

  private creating(
    em: EntityManager,
    caller: Authority,
    { password: _, ...request }: CreateAgentRequest,
    passwordHash: string | null,
  ): Promise<AgentCreated> {
    return unique(() => this.writes.create(em, caller, { ...request, passwordHash }));
  }

  private updating(
    em: EntityManager,
    caller: Authority,
    id: string,
    { password: _, ...values }: UpdateAgentRequest,
    passwordHash: string | null,
    expected: number | null,
  ): Promise<AgentOutcome> {
    return unique(() => this.writes.update(em, caller, id, { values, passwordHash }, expected));
  }

  private async hashed(password: string | undefined): Promise<string | null> {
    return password ? this.passwords.hash(password) : null;
  }
}

async function unique<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!violates(error, 'agent_email')) throw error;
    throw new ProblemException(
      'email_taken',
      'Another agent has this e-mail, perhaps in another case; use a different one.',
      { errors: [{ pointer: '/email', code: 'email_taken', detail: 'Another agent has this e-mail.' }] },
    );
  }
}
