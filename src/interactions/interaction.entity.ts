import { defineEntity, p } from '@mikro-orm/core';
import type { Direction } from '#contracts';
import { workspaceFilter } from '../platform/database/workspace-filter.js';

export const InteractionSchema = defineEntity({
  name: 'StoredInteraction',
  tableName: 'interaction',
  filters: workspaceFilter,
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.text().primary(),
    conversationId: p.uuid(),
    agentId: p.uuid().strictNullable(),
    teamId: p.uuid().strictNullable(),
    direction: p.text().$type<Direction>(),
    at: p.datetime(),
    recordedAt: p.datetime(),
    xid: p.bigint(),
  },
});

/** One message handled, inbound or outbound. Written by `record.queries.ts` only; unique by `InteractionKey`. */
export class StoredInteraction extends InteractionSchema.class {}
InteractionSchema.setClass(StoredInteraction);

export const InteractionKeySchema = defineEntity({
  name: 'InteractionKey',
  tableName: 'interaction_key',
  filters: workspaceFilter,
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.text().primary(),
    recordedAt: p.datetime(),
  },
});

/** Says that an interaction was counted; kept longer than late ones are accepted. */
export class InteractionKey extends InteractionKeySchema.class {}
InteractionKeySchema.setClass(InteractionKey);
