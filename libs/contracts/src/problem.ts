/**
 * Errors on the wire: `application/problem+json` (RFC 9457) over HTTP, the same object in socket
 * acknowledgements and in `connect_error`'s `data`. Clients decide by `code`, never by text.
 */

/** Every stable error code with the HTTP status it answers with. */
export const PROBLEM_STATUS = {
  bad_json: 400,
  bad_request: 400,
  invalid_cursor: 400,
  invalid_credentials: 401,
  unauthenticated: 401,
  token_invalid: 401,
  token_expired: 401,
  session_revoked: 401,
  refresh_reused: 401,
  signature_invalid: 401,
  agent_inactive: 403,
  team_inactive: 403,
  permission_missing: 403,
  phone_hidden: 403,
  self_edit: 403,
  beyond_own_rights: 403,
  verify_token_invalid: 403,
  not_found: 404,
  unknown_event: 404,
  method_not_allowed: 405,
  name_taken: 409,
  email_taken: 409,
  external_id_taken: 409,
  phone_number_id_taken: 409,
  team_in_use: 409,
  last_administrator: 409,
  workspace_required: 409,
  not_assignable: 409,
  conversation_resolved: 409,
  conversation_already_open: 409,
  invitation_used: 409,
  stale_version: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  validation_failed: 422,
  invitation_invalid: 422,
  protocol_unsupported: 426,
  too_many_requests: 429,
  internal_error: 500,
  database_unavailable: 503,
  live_unavailable: 503,
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
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  requestId: string;
  /** Whether the same request may succeed later without a change. */
  retryable: boolean;
  errors: ProblemDetail[];
  /** With `permission_missing`: the permission that is asked for. */
  permission?: string;
  /** With `not_assignable`: why. */
  reasons?: string[];
  /** With `stale_version`: the version that is current. */
  version?: number;
}

/** Why one interaction of a batch was not taken. */
export type InteractionRejection =
  | 'invalid'
  | 'id_invalid'
  | 'direction_invalid'
  | 'at_invalid'
  | 'at_out_of_range'
  | 'conversation_not_found'
  | 'agent_not_found';

/** Why the server closes a socket, sent as `session.closed` right before the disconnect. */
export type CloseCode =
  | 'agent_inactive'
  | 'team_inactive'
  | 'session_revoked'
  | 'token_expired'
  | 'permission_lost'
  | 'slow_consumer'
  | 'server_draining'
  | 'protocol_unsupported';
