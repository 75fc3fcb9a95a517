/** The HTTP calls about customers. */
import type {
  ContactDetails,
  ErasedContactView,
  Id,
  Page,
  RevealedPhone,
  RevealRequest,
  UpdateContactRequest,
} from '#contracts';
import { type Connection, openFile } from './files.js';
import type { ListParams } from './calls.js';
import type { CallOptions, Send } from './http.js';

export function contactCalls(send: Send, connection: Connection) {
  const at = (id: Id, what = '') => `/contacts/${encodeURIComponent(id)}${what}`;
  return {
    list: (query: ListParams = {}, options: CallOptions = {}) =>
      send<Page<ContactDetails>>({ ...options, method: 'GET', path: '/contacts', query }),
    get: (id: Id, options: CallOptions = {}) => send<ContactDetails>({ ...options, method: 'GET', path: at(id) }),
    update: (id: Id, body: UpdateContactRequest, options: CallOptions = {}) =>
      send<ContactDetails>({ ...options, method: 'PATCH', path: at(id), body }),
    /** The whole number, for a reason that is audited. Show it no longer than until `expiresAt`, and keep it nowhere. */
    reveal: (id: Id, body: RevealRequest, options: CallOptions = {}) =>
      send<RevealedPhone>({ ...options, method: 'POST', path: at(id, '/reveal'), body }),
    /** Takes name, number and everything that was said away, for ever; what was counted stays. */
    erase: (id: Id, options: CallOptions = {}) =>
      send<ErasedContactView>({ ...options, method: 'DELETE', path: at(id) }),
    /** The customers as a CSV file, masked like everything for who may see no numbers. */
    exportCsv: async (params: { q?: string } = {}, { signal }: Pick<CallOptions, 'signal'> = {}) => {
      const query = params.q === undefined ? '' : `?q=${encodeURIComponent(params.q)}`;
      const response = await openFile(connection, `/contacts/export${query}`, { signal: signal ?? null });
      return response.body as ReadableStream<Uint8Array>;
    },
  };
}
