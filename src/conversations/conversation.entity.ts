import { defineEntity, p } from '@mikro-orm/core';
import type { ConversationStatus } from '#contracts';
import { workspaceFilter } from '../platform/database/workspace-filter.js';
import type { ConversationState } from './conversation.events.js';

export const ConversationSchema = defineEntity({
  name: 'Conversation',
  tableName: 'conversation',
  filters: workspaceFilter,
  properties: {
    id: p.uuid().primary(),
    workspaceId: p.uuid(),
    externalId: p.text().strictNullable(),
    origin: p.text().$type<'api' | 'whatsapp'>(),
    contactId: p.uuid(),
    teamId: p.uuid().strictNullable(),
    assigneeId: p.uuid().strictNullable(),
    formerAgentId: p.uuid().strictNullable(),
    status: p.text().$type<ConversationStatus>(),
    lastInboundAt: p.datetime().strictNullable(),
    lastOutboundAt: p.datetime().strictNullable(),
    waitingSince: p.datetime().strictNullable(),
    assignedAt: p.datetime().strictNullable(),
    resolvedAt: p.datetime().strictNullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});

/** One exchange with one customer, open until somebody resolves it. */
export class Conversation extends ConversationSchema.class {
  assign(agentId: string, at: Date): void {
    this.assigneeId = agentId;
    this.assignedAt = at;
    this.touch(at);
  }

  /** Taken from whoever has it: nobody is to get it back before others. */
  unassign(at: Date): void {
    this.assigneeId = null;
    this.formerAgentId = null;
    this.assignedAt = null;
    this.touch(at);
  }

  resolve(at: Date): void {
    this.status = 'resolved';
    this.resolvedAt = at;
    this.touch(at);
  }

  /** To another team, whose agents are others: who had it before is no matter any more. */
  transfer(teamId: string, keepsAssignee: boolean, at: Date): void {
    this.teamId = teamId;
    this.formerAgentId = null;
    if (!keepsAssignee) [this.assigneeId, this.assignedAt] = [null, null];
    this.touch(at);
  }

  /** Open again, for anybody: whoever had it may have no room any more, and gets it first if there is. */
  reopen(at: Date): void {
    this.status = 'open';
    this.formerAgentId = this.assigneeId;
    this.resolvedAt = null;
    this.assigneeId = null;
    this.assignedAt = null;
    this.touch(at);
  }

  /** With a customer of whom more is known now. */
  identify(contactId: string, at: Date): void {
    if (this.contactId === contactId) return;
    this.contactId = contactId;
    this.touch(at);
  }

  /** What live views need to know. */
  state(previousAssigneeId: string | null = this.assigneeId): ConversationState {
    const { id, teamId, assigneeId, status, waitingSince, version } = this;
    return {
      id,
      teamId,
      assigneeId,
      previousAssigneeId,
      status,
      version,
      waitingSince: waitingSince?.getTime() ?? null,
    };
  }

  private touch(at: Date): void {
    this.updatedAt = at;
    this.version++;
  }
}
ConversationSchema.setClass(Conversation);
