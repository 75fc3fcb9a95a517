/** The refusals of routes: which codes by kind of route, and how they are written down. */
import { type ProblemCode, PROBLEM_STATUS } from '#contracts';
import { ref } from '../json-schema.js';
import type { Response } from './openapi.js';
import { isKeyed, type Route } from './routes.js';

/** What any credential can meet; `agent_inactive` and `team_inactive` are 403 where one logs in. */
const CREDENTIAL: ProblemCode[] = [
  'unauthenticated',
  'token_invalid',
  'token_expired',
  'session_revoked',
  'agent_inactive',
  'team_inactive',
];

const MEANINGS: Record<number, string> = {
  400: 'The request can not be understood',
  401: 'The credential is missing or no longer good',
  403: 'Not allowed',
  404: "It doesn't exist, or not in your workspace",
  405: 'Not with this method',
  409: 'It conflicts with what is there',
  412: 'It was changed since the version in `If-Match`; `version` is the current one',
  413: 'The body is too large',
  415: 'The body is not JSON',
  422: 'The input is not valid; `errors` says what and where',
  426: 'The protocol is not spoken here',
  429: 'Too much at once',
  500: 'Something went wrong on our side',
  503: 'Not now; the same request may succeed later',
};

/** The refusals that are the same for most routes, by status; written once and referred to. */
const SHARED: Record<number, { name: string; codes: ProblemCode[] }> = {
  400: { name: 'BadRequest', codes: ['bad_json'] },
  401: { name: 'Unauthenticated', codes: CREDENTIAL },
  403: { name: 'PermissionMissing', codes: ['permission_missing'] },
  404: { name: 'NotFound', codes: ['not_found'] },
  412: { name: 'StaleVersion', codes: ['stale_version'] },
  413: { name: 'PayloadTooLarge', codes: ['payload_too_large'] },
  415: { name: 'UnsupportedMediaType', codes: ['unsupported_media_type'] },
  422: { name: 'ValidationFailed', codes: ['validation_failed'] },
  429: { name: 'TooManyRequests', codes: ['too_many_requests'] },
  503: { name: 'Unavailable', codes: ['access_changed', 'database_unavailable'] },
};

/** The codes a route refuses with, by status: those of its kind and those it names itself. */
export function refusalsOf(route: Route, named: readonly ProblemCode[]): Map<number, ProblemCode[]> {
  const codes = [...ofItsKind(route), ...named];
  const refusals = new Map<number, ProblemCode[]>();
  const add = (status: number, code: ProblemCode) => {
    const known = refusals.get(status) ?? [];
    if (!known.includes(code)) refusals.set(status, [...known, code]);
  };
  for (const code of credentialCodes(route, named)) add(401, code);
  for (const code of codes) add(PROBLEM_STATUS[code], code);
  return new Map([...refusals].toSorted(([a], [b]) => a - b));
}

/** A public route that calls a token invalid takes its credential in the body. */
function credentialCodes({ rule }: Route, named: readonly ProblemCode[]): ProblemCode[] {
  if (rule.kind !== 'public') return CREDENTIAL;
  return named.includes('token_invalid') ? CREDENTIAL.filter((code) => code !== 'unauthenticated') : [];
}

function ofItsKind(route: Route): ProblemCode[] {
  const { operation, rule, ids, headers } = route;
  const parameters = operation.parameters ?? [];
  const kinds: [boolean, ProblemCode[]][] = [
    [operation.requestBody !== undefined, ['bad_json', 'payload_too_large', 'unsupported_media_type']],
    // Every route refuses query parameters that it does not know.
    [true, ['validation_failed']],
    [parameters.some(({ name }) => name === 'cursor'), ['invalid_cursor']],
    [rule.kind === 'permission', ['permission_missing']],
    [rule.kind !== 'public', ['too_many_requests', 'access_changed']],
    [ids.size > 0, ['not_found']],
    [headers.includes('if-match'), ['bad_request', 'stale_version']],
    [isKeyed(route), ['bad_request', 'idempotency_in_progress', 'idempotency_answer_gone', 'idempotency_key_reused']],
    [true, ['database_unavailable']],
  ];
  return kinds.flatMap(([applies, codes]) => (applies ? codes : []));
}

/** The responses of these refusals, shared ones by reference. */
export function problemResponses(refusals: Map<number, ProblemCode[]>): Record<string, Response> {
  const responses = [...refusals].map(([status, codes]) => {
    const shared = SHARED[status];
    const isShared = shared && shared.codes.join() === codes.join();
    return [status, isShared ? { $ref: `#/components/responses/${shared.name}` } : problemResponse(status, codes)];
  });
  return Object.fromEntries(responses) as Record<string, Response>;
}

/** `components.responses`. */
export function sharedResponses(): Record<string, Response> {
  return Object.fromEntries(
    Object.entries(SHARED).map(([status, { name, codes }]) => [name, problemResponse(Number(status), codes)]),
  );
}

function problemResponse(status: number, codes: readonly ProblemCode[]): Response {
  const header = HEADERS[status];
  return {
    description: `${MEANINGS[status] ?? 'Refused'}: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
    ...(header ? { headers: { [header]: { $ref: `#/components/headers/${header}` } } } : {}),
    content: { 'application/problem+json': { schema: ref('Problem') } },
  };
}

const HEADERS: Record<number, string> = { 401: 'WWW-Authenticate', 429: 'Retry-After', 503: 'Retry-After' };
