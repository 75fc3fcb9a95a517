/** Outgoing webhooks: events that other systems are told of, signed as the Standard Webhooks specification says. */
import type { Id, Timestamp } from './views.js';

/** Every event that an endpoint can ask for, with what its `id` is of. */
export const WEBHOOK_EVENTS = {
  /** A threshold is crossed. */
  'alert.raised': 'alert',
  /** An alert is over. */
  'alert.cleared': 'alert',
  /** An agent was created. */
  'agent.created': 'agent',
  /** An agent's profile, capacity or Hide Phone changed. */
  'agent.updated': 'agent',
  /** An agent moved to another team. */
  'agent.moved': 'agent',
  /** An agent is active again. */
  'agent.activated': 'agent',
  /** An agent was made inactive. */
  'agent.deactivated': 'agent',
  /** An agent was deleted. */
  'agent.deleted': 'agent',
  /** A team was created. */
  'team.created': 'team',
  /** A team's name, status, capacity or permissions changed. */
  'team.updated': 'team',
  /** A team was deleted. */
  'team.deleted': 'team',
  /** A conversation was given to an agent. */
  'conversation.assigned': 'conversation',
  /** A conversation was taken from its agent by somebody, and is nobody's. */
  'conversation.unassigned': 'conversation',
  /** A conversation was taken from its agent who may not answer any more, and is nobody's. */
  'conversation.released': 'conversation',
  /** A conversation was handed to another team. */
  'conversation.transferred': 'conversation',
  /** A conversation was ended. */
  'conversation.resolved': 'conversation',
  /** A conversation was opened again. */
  'conversation.reopened': 'conversation',
} as const;

/** The name of an event. */
export type WebhookEvent = keyof typeof WEBHOOK_EVENTS;

/** What a delivery can be of: an event, or a test. */
export type WebhookMessage = WebhookEvent | 'webhook.test';

/**
 * The body of a delivery. With it come the headers `webhook-id` (the delivery's, the same for each attempt),
 * `webhook-timestamp` (seconds since 1970, of the attempt) and `webhook-signature`: for each secret that is good now
 * `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, with spaces between.
 */
export interface WebhookPayload {
  type: WebhookMessage;
  /** When it happened. */
  timestamp: Timestamp;
  data: WebhookData;
}

/** Ids and names of members, never a name, number or text of anybody: ask for the rest. */
export interface WebhookData {
  workspaceId: Id;
  /** Of the agent, team, conversation or alert; of a test, of the endpoint. */
  id: Id;
  /** Which members changed, where there is something to compare with. */
  changed: string[];
  /**
   * Of a conversation that was assigned, unassigned or released: `assigneeId` and `previousAssigneeId`. Of an alert:
   * `thresholdId`, `agentId` and `teamId`.
   */
  related: { [name: string]: Id | null };
}

/** Why an endpoint is not sent anything. */
export type WebhookDisabling =
  /** Somebody disabled it. */
  | 'by_hand'
  /** No delivery has succeeded for 5 days in which some were tried. */
  | 'failing'
  /** It answered 410. */
  | 'gone';

/** An endpoint that events are sent to. */
export interface WebhookView {
  id: Id;
  url: string;
  description: string | null;
  events: WebhookEvent[];
  enabled: boolean;
  /** Null while it is enabled. */
  disabledBecause: WebhookDisabling | null;
  /** Since when every attempt has failed; null: the last one did not. */
  failingSince: Timestamp | null;
  /** Until when the secret before the current one signs too; null: there is none. */
  previousSecretUntil: Timestamp | null;
  version: number;
  createdAt: Timestamp;
  updatedAt: Timestamp;
}

/** An endpoint with its new secret, which is shown once. */
export interface WebhookWithSecret extends WebhookView {
  /** `whsec_` and 32 bytes in base64. */
  secret: string;
}

export interface CreateWebhookRequest {
  /** `https://`, on the public internet, without a name and password; up to 2,000 characters. */
  url: string;
  /** Up to 200 characters. */
  description?: string | null;
  /** One or more. */
  events: WebhookEvent[];
  /** Default true. */
  enabled?: boolean;
}

export type UpdateWebhookRequest = Partial<CreateWebhookRequest>;

/** Where a delivery stands. */
export type WebhookDeliveryStatus =
  /** It is being tried, or will be again. */
  | 'pending'
  /** It was answered with 2xx. */
  | 'delivered'
  /** It was given up. */
  | 'failed';

/** Why an attempt failed. */
export type WebhookFailure =
  /** It was answered, with another status than 2xx; redirects are not followed. */
  | 'status'
  /** It was not answered within 10 seconds. */
  | 'timeout'
  /** The address is not one of the public internet. */
  | 'address_refused'
  /** The host's name leads nowhere. */
  | 'name_not_found'
  /** The certificate is not good for the host. */
  | 'tls'
  /** The answer has more than 64 KiB. */
  | 'too_large'
  /** There was no connection, or no answer in HTTP. */
  | 'connection'
  /** The endpoint's secret can not be decrypted: MUSTER_PHONE_KEY is another than it was. Rotate the secret. */
  | 'secret_unreadable'
  /** The endpoint was disabled before it could be delivered. */
  | 'endpoint_disabled';

/** An event on its way to an endpoint. */
export interface WebhookDeliveryView {
  /** Also its `webhook-id`. */
  id: Id;
  event: WebhookMessage;
  /** What the event is about. */
  subjectId: Id;
  status: WebhookDeliveryStatus;
  /** Up to 10. */
  attempts: number;
  /** The status of the last answer; null: none came. */
  responseStatus: number | null;
  failure: WebhookFailure | null;
  occurredAt: Timestamp;
  lastAttemptAt: Timestamp | null;
  /** Null: it is about to be tried, or is over. */
  nextAttemptAt: Timestamp | null;
  deliveredAt: Timestamp | null;
}
