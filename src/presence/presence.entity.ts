import { defineEntity, p } from '@mikro-orm/core';
import type { Availability, PresenceState } from '#contracts';
import { workspaceFilter } from '../platform/database/workspace-filter.js';

export const AgentPresenceSchema = defineEntity({
  name: 'AgentPresence',
  tableName: 'agent_presence',
  filters: workspaceFilter,
  properties: {
    agentId: p.uuid().primary(),
    workspaceId: p.uuid(),
    availability: p.text().$type<Availability>(),
    connected: p.boolean(),
    state: p.text().$type<PresenceState>(),
    since: p.datetime(),
    lastSeenAt: p.datetime().strictNullable(),
    version: p.integer(),
  },
});

/** An agent's presence now. */
export class AgentPresence extends AgentPresenceSchema.class {}
AgentPresenceSchema.setClass(AgentPresence);

export const PresenceConnectionSchema = defineEntity({
  name: 'PresenceConnection',
  tableName: 'presence_connection',
  filters: workspaceFilter,
  properties: {
    id: p.uuid().primary(),
    workspaceId: p.uuid(),
    agentId: p.uuid(),
    nodeId: p.text(),
    bootId: p.uuid(),
    connectedAt: p.datetime(),
    lostAt: p.datetime().strictNullable(),
  },
});

/** A socket that makes an agent connected, with the node that holds it. Lost ones stay through their grace. */
export class PresenceConnection extends PresenceConnectionSchema.class {}
PresenceConnectionSchema.setClass(PresenceConnection);

export const PresenceIntervalSchema = defineEntity({
  name: 'PresenceInterval',
  tableName: 'presence_interval',
  filters: workspaceFilter,
  properties: {
    id: p.uuid().primary(),
    workspaceId: p.uuid(),
    agentId: p.uuid(),
    state: p.text().$type<PresenceState>(),
    availability: p.text().$type<Availability>(),
    connected: p.boolean(),
    cause: p.text(),
    startedAt: p.datetime(),
    endedAt: p.datetime().strictNullable(),
  },
});

/** A stretch of time in one state; the one that lasts has no end. */
export class PresenceInterval extends PresenceIntervalSchema.class {}
PresenceIntervalSchema.setClass(PresenceInterval);
