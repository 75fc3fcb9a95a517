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

export type AddressFault = 'noHttps' | 'malformed' | 'credentials' | 'fragment';

/** What is wrong, before the server is asked. */
export function wrongIn({ url, events }: WebhookDraft): { url: AddressFault | null; events: boolean } {
  return { url: faultOf(url.trim()), events: events.size === 0 };
}

function faultOf(url: string): AddressFault | null {
  if (!/^https:\/\/./i.test(url)) return 'noHttps';
  if (!URL.canParse(url)) return 'malformed';
  const { username, password } = new URL(url);
  if (username || password) return 'credentials';
  // Even of an empty fragment nothing would be sent.
  return url.includes('#') ? 'fragment' : null;
}

/** Where an address leads to. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}
