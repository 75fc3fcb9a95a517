/** The HTTP calls about logins and invitations. */
import type { EndedSessions, EndedSessionView, Id, Invitation, Page, SessionView } from '#contracts';
import type { ListParams, Send } from './calls.js';
import type { CallOptions } from './http.js';

/** Another agent than oneself; needs `agents.manage`. */
type OfAgent = { agentId?: Id };

export function sessionCalls(send: Send) {
  return {
    /** The logins that go on. */
    list: (query: ListParams & OfAgent = {}, options: CallOptions = {}) =>
      send<Page<SessionView>>({ ...options, method: 'GET', path: '/sessions', query }),
    end: (id: Id, options: CallOptions = {}) =>
      send<EndedSessionView>({ ...options, method: 'DELETE', path: `/sessions/${encodeURIComponent(id)}` }),
    /** Ends all but the one that asks; or all of another agent. */
    endAll: (query: OfAgent = {}, options: CallOptions = {}) =>
      send<EndedSessions>({ ...options, method: 'DELETE', path: '/sessions', query }),
    /** Invites an agent again to set a password; the invitation before is withdrawn. */
    inviteAgain: (agentId: Id, options: CallOptions = {}) =>
      send<Invitation>({ ...options, method: 'POST', path: `/agents/${encodeURIComponent(agentId)}/invitation` }),
  };
}
