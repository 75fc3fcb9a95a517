/** A webhook as it is being written. Pure. */
import type { CreateWebhookRequest, WebhookEvent, WebhookView } from '#client';

export interface WebhookDraft {
  url: string;
  description: string;
  events: ReadonlySet<WebhookEvent>;
}

/** What an endpoint can ask for, by what it is about. */
export const EVENT_GROUPS = {
  agent: ['agent.created', 'agent.updated', 'agent.moved', 'agent.activated', 'agent.deactivated', 'agent.deleted'],
  team: ['team.created', 'team.updated', 'team.deleted'],
  conversation: [
    'conversation.assigned',
    'conversation.unassigned',
    'conversation.released',
    'conversation.transferred',
    'conversation.resolved',
    'conversation.reopened',
  ],
  alert: ['alert.raised', 'alert.cleared'],
} as const satisfies Record<string, readonly WebhookEvent[]>;

export type EventGroup = keyof typeof EVENT_GROUPS;

/** In the order in which they are shown. */
export const EVENTS: readonly WebhookEvent[] = Object.values(EVENT_GROUPS).flat();

export function draftOf(webhook: WebhookView | null): WebhookDraft {
  return { url: webhook?.url ?? '', description: webhook?.description ?? '', events: new Set(webhook?.events) };
}

export function requestOf({ url, description, events }: WebhookDraft): CreateWebhookRequest {
  return { url: url.trim(), description: description.trim() || null, events: EVENTS.filter((one) => events.has(one)) };
}

/** What is missing, before the server is asked. */
export function missingOf({ url, events }: WebhookDraft): ('url' | 'events')[] {
  const missing: ('url' | 'events')[] = [];
  if (!/^https:\/\/./.test(url.trim())) missing.push('url');
  if (events.size === 0) missing.push('events');
  return missing;
}
