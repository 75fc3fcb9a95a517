/** The HTTP calls about Chatwoot accounts whose conversations are followed. */
import type {
  ChatwootAccountView,
  ChatwootAccountWithPath,
  CreateChatwootAccountRequest,
  Id,
  Page,
  UpdateChatwootAccountRequest,
} from '#contracts';
import type { ListParams, Send } from './calls.js';
import type { CallOptions } from './http.js';

export function chatwootCalls(send: Send) {
  const at = (id: Id) => `/chatwoot-accounts/${encodeURIComponent(id)}`;
  return {
    list: (query: ListParams = {}, options: CallOptions = {}) =>
      send<Page<ChatwootAccountView>>({ ...options, method: 'GET', path: '/chatwoot-accounts', query }),
    /** The path to enter at Chatwoot is in the answer and never shown again. */
    create: (body: CreateChatwootAccountRequest, options: CallOptions = {}) =>
      send<ChatwootAccountWithPath>({ ...options, method: 'POST', path: '/chatwoot-accounts', body }),
    update: (id: Id, body: UpdateChatwootAccountRequest, options: CallOptions = {}) =>
      send<ChatwootAccountView>({ ...options, method: 'PATCH', path: at(id), body }),
    /** Its conversations stay as they are. */
    delete: (id: Id, options: CallOptions = {}) =>
      send<ChatwootAccountView>({ ...options, method: 'DELETE', path: at(id) }),
  };
}
