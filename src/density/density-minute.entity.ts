import { defineEntity, p } from '@mikro-orm/core';
import { workspaceFilter } from '../platform/database/workspace-filter.js';

export const DensityMinuteSchema = defineEntity({
  name: 'DensityMinute',
  tableName: 'density_minute',
  filters: workspaceFilter,
  properties: {
    agentId: p.uuid().primary(),
    minute: p.datetime().primary(),
    workspaceId: p.uuid(),
    teamId: p.uuid(),
    inbound: p.integer(),
    outbound: p.integer(),
  },
});

/** An agent's interactions in one minute of the past. */
export class DensityMinute extends DensityMinuteSchema.class {}
DensityMinuteSchema.setClass(DensityMinute);
