/** Which conversations are listed, in the address. Pure. */
import type { ConversationListParams, ConversationStatus, Id } from '#client';

export const SCOPES = ['mine', 'queue', 'all'] as const;
export const STATUSES = ['open', 'resolved'] as const satisfies readonly ConversationStatus[];

export interface InboxQuery {
  /** One's own, those that nobody has, or all. */
  scope: (typeof SCOPES)[number];
  status: ConversationStatus;
  q: string;
}

/** `fallback`: what is shown when the address says nothing. */
export function readInboxQuery(asked: URLSearchParams, fallback: InboxQuery['scope']): InboxQuery {
  return {
    scope: SCOPES.find((one) => one === asked.get('scope')) ?? fallback,
    status: STATUSES.find((one) => one === asked.get('status')) ?? 'open',
    q: asked.get('q') ?? '',
  };
}

export function writeInboxQuery({ scope, status, q }: InboxQuery, fallback: InboxQuery['scope']): URLSearchParams {
  const asked = new URLSearchParams();
  if (scope !== fallback) asked.set('scope', scope);
  if (status !== 'open') asked.set('status', status);
  if (q) asked.set('q', q);
  return asked;
}

/** The query as the server is asked: of the queue who waits longest comes first, else what moved last. */
export function paramsOf({ scope, status, q }: InboxQuery, self: Id): ConversationListParams {
  return {
    status,
    sort: scope === 'queue' && status === 'open' ? 'waitingSince' : '-lastMessageAt',
    ...(scope === 'mine' && { assigneeId: self }),
    ...(scope === 'queue' && { unassigned: true }),
    ...(q.trim() && { q: q.trim() }),
  };
}
