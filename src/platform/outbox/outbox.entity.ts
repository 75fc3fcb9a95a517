import { defineEntity, p } from '@mikro-orm/core';
import { workspaceFilter } from '../database/workspace-filter.js';

export const OutboxRowSchema = defineEntity({
  name: 'OutboxRow',
  tableName: 'outbox',
  filters: workspaceFilter,
  properties: {
    id: p.bigint().primary().autoincrement(),
    workspaceId: p.uuid(),
    topic: p.text(),
    key: p.uuid(),
    createdAt: p.datetime(),
    handedAt: p.datetime().strictNullable(),
    doneAt: p.datetime().strictNullable(),
    failures: p.integer(),
    failure: p.text().strictNullable(),
    failedAt: p.datetime().strictNullable(),
  },
});

/** Work that must follow a committed change: a job's name and the id of what it is about. */
export class OutboxRow extends OutboxRowSchema.class {}
OutboxRowSchema.setClass(OutboxRow);
