/** The HTTP calls about what is said in conversations. */
import type { CreateMessageRequest, Id, MessageView, Page } from '#contracts';
import type { ListParams } from './calls.js';
import type { CallOptions, Send } from './http.js';

export function messageCalls(send: Send) {
  const path = (conversationId: Id) => `/conversations/${encodeURIComponent(conversationId)}/messages`;
  return {
    /** What was said, the newest first. */
    list: (conversationId: Id, query: Omit<ListParams, 'q'> = {}, options: CallOptions = {}) =>
      send<Page<MessageView>>({ ...options, method: 'GET', path: path(conversationId), query }),
    /** Answers the customer. */
    create: (conversationId: Id, body: CreateMessageRequest, options: CallOptions = {}) =>
      send<MessageView>({ ...options, method: 'POST', path: path(conversationId), body }),
  };
}
