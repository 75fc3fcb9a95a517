/** The HTTP calls about outgoing webhooks. */
import type {
  CreateWebhookRequest,
  Id,
  Page,
  UpdateWebhookRequest,
  WebhookDeliveryStatus,
  WebhookDeliveryView,
  WebhookView,
  WebhookWithSecret,
} from '#contracts';
import type { ListParams, Send } from './calls.js';
import type { CallOptions } from './http.js';

export function webhookCalls(send: Send) {
  const at = (id: Id, what = '') => `/webhooks/${encodeURIComponent(id)}${what}`;
  return {
    list: (query: ListParams = {}, options: CallOptions = {}) =>
      send<Page<WebhookView>>({ ...options, method: 'GET', path: '/webhooks', query }),
    get: (id: Id, options: CallOptions = {}) => send<WebhookView>({ ...options, method: 'GET', path: at(id) }),
    /** The secret is in the answer and never shown again. */
    create: (body: CreateWebhookRequest, options: CallOptions = {}) =>
      send<WebhookWithSecret>({ ...options, method: 'POST', path: '/webhooks', body }),
    update: (id: Id, body: UpdateWebhookRequest, options: CallOptions = {}) =>
      send<WebhookView>({ ...options, method: 'PATCH', path: at(id), body }),
    delete: (id: Id, options: CallOptions = {}) => send<WebhookView>({ ...options, method: 'DELETE', path: at(id) }),
    /** A new secret; the one before signs beside it for a day. */
    rotate: (id: Id, options: CallOptions = {}) =>
      send<WebhookWithSecret>({ ...options, method: 'POST', path: at(id, '/rotate') }),
    /** Sends a test; what becomes of it is among the deliveries. */
    test: (id: Id, options: CallOptions = {}) =>
      send<WebhookDeliveryView>({ ...options, method: 'POST', path: at(id, '/test') }),
    /** Newest first. */
    deliveries: (id: Id, query: ListParams & { status?: WebhookDeliveryStatus } = {}, options: CallOptions = {}) =>
      send<Page<WebhookDeliveryView>>({ ...options, method: 'GET', path: at(id, '/deliveries'), query }),
  };
}
