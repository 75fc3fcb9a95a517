import { defineEntity, p } from '@mikro-orm/core';
import { workspaceFilter } from '../platform/database/workspace-filter.js';

export const AgentSyncSchema = defineEntity({
  name: 'AgentSync',
  tableName: 'agent_sync',
  filters: workspaceFilter,
  properties: {
    agentId: p.uuid().primary(),
    workspaceId: p.uuid(),
    teamId: p.uuid(),
    syncedVersion: p.integer(),
    syncedAt: p.datetime().strictNullable(),
  },
});

/** How far what is derived from an agent's rights follows its team's blueprint. Decisions never read it. */
export class AgentSync extends AgentSyncSchema.class {}
AgentSyncSchema.setClass(AgentSync);
