import { defineEntity, p } from '@mikro-orm/core';
import type { AuditAction } from '#contracts';
import { workspaceFilter } from '../platform/database/workspace-filter.js';

export const AuditEntrySchema = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  filters: workspaceFilter,
  properties: {
    id: p.uuid().primary(),
    workspaceId: p.uuid(),
    at: p.datetime(),
    actorKind: p.text().$type<'agent' | 'api_key' | 'system'>(),
    actorId: p.uuid().nullable(),
    action: p.text().$type<AuditAction>(),
    targetKind: p.text(),
    targetId: p.uuid(),
    before: p.json<Record<string, unknown>>().nullable(),
    after: p.json<Record<string, unknown>>().nullable(),
    reason: p.text().nullable(),
    requestId: p.text().nullable(),
    /** Its place in the workspace's chain, given by PostgreSQL inside COMMIT, as is the hash. */
    seq: p.bigint().nullable(),
    hash: p.blob().nullable(),
  },
});

/** One change: who did what to what, with the members that changed. Never edited, never deleted. */
export class AuditEntry extends AuditEntrySchema.class {}
AuditEntrySchema.setClass(AuditEntry);
