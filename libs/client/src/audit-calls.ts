/** The HTTP calls about who changed what. */
import type { AuditEntryView, AuditTargetKind, AuditVerification, Id, Page } from '#contracts';
import type { ListParams } from './calls.js';
import { type Connection, openFile } from './files.js';
import type { CallOptions, Send } from './http.js';

export type AuditFilters = {
  q?: string;
  actorId?: Id;
  action?: string;
  targetKind?: AuditTargetKind;
  targetId?: Id;
  /** Times: from the one on, before the other. */
  from?: string;
  to?: string;
};

export type AuditListParams = ListParams & AuditFilters;

export function auditCalls(send: Send, connection: Connection) {
  return {
    /** Who changed what, the newest first. */
    list: (params: AuditListParams = {}, options: CallOptions = {}) =>
      send<Page<AuditEntryView>>({ ...options, method: 'GET', path: '/audit', query: params }),
    /** Whether the log is as it was written; 5,000 entries a call at most: go on with `next` until it is null. */
    verify: (params: { cursor?: string } = {}, options: CallOptions = {}) =>
      send<AuditVerification>({ ...options, method: 'GET', path: '/audit/verification', query: params }),
    /** All entries that the filters leave, the newest first, as a file with an entry a line. */
    exportNdjson: async (params: AuditFilters = {}, { signal }: Pick<CallOptions, 'signal'> = {}) => {
      const query = new URLSearchParams({ ...params, format: 'ndjson' });
      const response = await openFile(connection, `/audit?${query.toString()}`, { signal: signal ?? null });
      return response.body as ReadableStream<Uint8Array>;
    },
  };
}
