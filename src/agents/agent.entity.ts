import { defineEntity, p } from '@mikro-orm/core';
import type { Lifecycle } from '#contracts';
import { workspaceFilter } from '../platform/database/workspace-filter.js';
import type { AgentState } from './agent.events.js';

export const AgentSchema = defineEntity({
  name: 'Agent',
  tableName: 'agent',
  filters: workspaceFilter,
  properties: {
    id: p.uuid().primary(),
    workspaceId: p.uuid(),
    teamId: p.uuid(),
    name: p.text(),
    email: p.text(),
    phone: p.text(),
    passwordHash: p.text().strictNullable(),
    status: p.text().$type<Lifecycle>(),
    hidePhone: p.boolean(),
    notes: p.text().strictNullable(),
    capacity: p.integer().strictNullable(),
    authEpoch: p.integer(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    deletedAt: p.datetime().strictNullable(),
  },
});

/** What an administrator can set. */
export type AgentSettings = Pick<
  Agent,
  'name' | 'email' | 'phone' | 'teamId' | 'hidePhone' | 'status' | 'notes' | 'capacity'
>;

/** A person in exactly one team. */
export class Agent extends AgentSchema.class {
  /**
   * Takes over what changed. Returns whether anything did. Becoming inactive ends every session and key:
   * they carry the auth epoch they were issued in, and re-activation does not bring them back.
   */
  change(values: Partial<AgentSettings>, at: Date): boolean {
    const before = JSON.stringify(this.settings());
    const wasActive = this.status === 'active';
    Object.assign(this, values);
    if (JSON.stringify(this.settings()) === before) return false;
    if (wasActive && this.status === 'inactive') this.authEpoch++;
    this.touch(at);
    return true;
  }

  /** Ends it. The row stays: history refers to it. Its e-mail is free again. */
  delete(at: Date): void {
    this.deletedAt = at;
    this.authEpoch++;
    this.touch(at);
  }

  /** What an administrator can set, as it goes into the audit log. */
  settings(): AgentSettings {
    const { name, email, phone, teamId, hidePhone, status, notes, capacity } = this;
    return { name, email, phone, teamId, hidePhone, status, notes, capacity };
  }

  /** What live views need to know. */
  state(): AgentState {
    const { id, name, teamId, status, capacity, version } = this;
    return { id, name, teamId, status, capacity, version, deleted: this.deletedAt !== null };
  }

  private touch(at: Date): void {
    this.version++;
    this.updatedAt = at;
  }
}
AgentSchema.setClass(Agent);
