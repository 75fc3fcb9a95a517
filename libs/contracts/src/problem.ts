/**
 * Errors on the wire: `application/problem+json` (RFC 9457) over HTTP, the same object in socket
 * acknowledgements and in `connect_error`'s `data`. Clients decide by `code`, never by text.
 */

/** Every stable error code with the HTTP status it answers with. */
export const PROBLEM_STATUS = {
  /** The body is not JSON. */
  bad_json: 400,
  /** A header or parameter can not be understood. */
  bad_request: 400,
  /** `cursor` is not one of a page with the same sort. */
  invalid_cursor: 400,
  /** Unknown e-mail or wrong password; which one is not told. */
  invalid_credentials: 401,
  /** No credential was sent. */
  unauthenticated: 401,
  /** The token is malformed, forged or unknown. */
  token_invalid: 401,
  /** The access token is over 15 minutes old; refresh it. */
  token_expired: 401,
  /** The session or API key was ended. */
  session_revoked: 401,
  /** This refresh token was used before. Its session is ended, for somebody may have stolen it. */
  refresh_reused: 401,
  /** The delivery is not signed with the app secret. Nothing was stored. */
  signature_invalid: 401,
  /** The agent is inactive. */
  agent_inactive: 403,
  /** The agent's team is inactive. */
  team_inactive: 403,
  /** `permission` names the one that is needed. */
  permission_missing: 403,
  /** Who may not see phone numbers may not name or search one. */
  phone_hidden: 403,
  /** Nobody changes their own team, status or Hide Phone. */
  self_edit: 403,
  /** Nobody grants more than they have. */
  beyond_own_rights: 403,
  /** The verify token is not the one that is configured. */
  verify_token_invalid: 403,
  /** It doesn't exist, or not in your workspace; which one is not told. */
  not_found: 404,
  /** The namespace has no such event. */
  unknown_event: 404,
  /** The path exists, but not with this method. */
  method_not_allowed: 405,
  /** Another one has this name. */
  name_taken: 409,
  /** Another agent of the workspace has this e-mail. */
  email_taken: 409,
  /** Another conversation has this external id. */
  external_id_taken: 409,
  /** Another channel has this number. */
  phone_number_id_taken: 409,
  /** This account of Chatwoot is connected already. */
  chatwoot_account_taken: 409,
  /** Agents are in the team; say with `moveTo` where they go. */
  team_in_use: 409,
  /** Somebody must be left who can manage agents and teams. */
  last_administrator: 409,
  /** The e-mail is in several workspaces; name one. */
  workspace_required: 409,
  /** The agent can not take it; `reasons` says why. */
  not_assignable: 409,
  /** The customer was erased: nothing of theirs is left. */
  contact_erased: 409,
  /** WhatsApp withholds the customer's number, so there is none to show. */
  phone_withheld: 409,
  /** The conversation is resolved; reopen it first. */
  conversation_resolved: 409,
  /** The customer's last message is older than 24 hours: WhatsApp takes only template messages until they write. */
  window_closed: 409,
  /** No WhatsApp number with a token belongs to the conversation. */
  channel_missing: 409,
  /** The customer has an open conversation already. */
  conversation_already_open: 409,
  /** The invitation was used before. */
  invitation_used: 409,
  /** The first request with this `Idempotency-Key` is still being answered; ask again. */
  idempotency_in_progress: 409,
  /** What was asked for with this `Idempotency-Key` is done, but its answer can not be given again; read what is there. */
  idempotency_answer_gone: 409,
  /** Somebody else changed it meanwhile; `version` is the current one. */
  stale_version: 412,
  /** The body is too large; send less at a time. */
  payload_too_large: 413,
  /** Send JSON. */
  unsupported_media_type: 415,
  /** `errors` says what is wrong where. */
  validation_failed: 422,
  /** This `Idempotency-Key` was used for another body; use a new one for each intent. */
  idempotency_key_reused: 422,
  /** The invitation is unknown or over. */
  invitation_invalid: 422,
  /** The token of the reset is unknown, used or over. */
  reset_invalid: 422,
  /** The client's protocol version is not spoken here. */
  protocol_unsupported: 426,
  /** Wait as long as `Retry-After` says. */
  too_many_requests: 429,
  /** This session or key has as many sockets on the node as it may; close some. */
  too_many_sockets: 429,
  /** Our fault. It was recorded under `requestId`. */
  internal_error: 500,
  /** PostgreSQL does not answer right now. Nothing was changed. */
  database_unavailable: 503,
  /** Rights changed while this was answered, so the answer was withheld. What was written is written; read again. */
  access_changed: 503,
  /** Live data is not available right now. */
  live_unavailable: 503,
  /** This node is stopping; the next one answers. */
  server_draining: 503,
} as const;

/** A stable error code. `agent_inactive` and `team_inactive` are 401 for a credential that was good before, 403 at login. */
export type ProblemCode = keyof typeof PROBLEM_STATUS;

/** What is wrong with one part of the input. */
export interface ProblemDetail {
  /** JSON pointer (RFC 6901) into the body, or `?name` for a query parameter. */
  pointer: string;
  /** Stable code, for example `phone_invalid`. */
  code: string;
  /** What to do, in a sentence. */
  detail: string;
}

/** A refused request. */
export interface Problem {
  /** `about:blank` or a page that explains `code`. */
  type: string;
  /** What kind of refusal it is, for people. */
  title: string;
  /** The HTTP status, over sockets too. */
  status: number;
  /** What was wrong with this request, and what to do. */
  detail: string;
  code: ProblemCode;
  /** Also the `X-Request-Id` of the answer; the logs have it. */
  requestId: string;
  /** Whether the same request may succeed later without a change. */
  retryable: boolean;
  /** With `validation_failed`: everything that is wrong; else empty. */
  errors: ProblemDetail[];
  /** With `permission_missing`: the permission that is asked for. */
  permission?: string;
  /** With `not_assignable`: why. */
  reasons?: string[];
  /** With `stale_version`: the version that is current. */
  version?: number;
  /** Seconds to wait before the next try, as `Retry-After` says; over sockets there are no headers. */
  retryAfter?: number;
}

/** Why one interaction of a batch was not taken. */
export type InteractionRejection =
  /** It is no object with the members of an interaction. */
  | 'invalid'
  /** `id` is not a text of 1 to 200 characters. */
  | 'id_invalid'
  /** `direction` is neither `inbound` nor `outbound`. */
  | 'direction_invalid'
  /** `at` is not an ISO 8601 time. */
  | 'at_invalid'
  /** `at` is more than 7 days ago or more than 5 minutes ahead. */
  | 'at_out_of_range'
  /** There is no such conversation in your workspace. */
  | 'conversation_not_found'
  /** There is no such agent in your workspace. */
  | 'agent_not_found';

/** Why the server closes a socket, sent as `session.closed` right before the disconnect. */
export type CloseCode =
  /** The agent was deactivated or deleted. */
  | 'agent_inactive'
  /** The agent's team was deactivated. */
  | 'team_inactive'
  /** The session or API key was ended, by logging out for example. */
  | 'session_revoked'
  /** The token's life is over; send `token.refresh` in time, or connect with a newer one. */
  | 'token_expired'
  /** The permission that the namespace needs was taken away. */
  | 'permission_lost'
  /** The client reads slower than it is sent to. Connect again and subscribe to less. */
  | 'slow_consumer'
  /** The node is stopping; connect again, to another one. */
  | 'server_draining'
  /** What the client may see could not be read right now; connect again in a moment. */
  | 'server_unavailable'
  /** The client's `protocol` is not spoken here. */
  | 'protocol_unsupported';
