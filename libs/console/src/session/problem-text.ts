/**
 * Refusals and failures in words, in the language of the console: by the refusal's code. Where the console has none –
 * of a newer server – the server's own words are shown, which are English and keep their direction.
 */
import i18next from 'i18next';
import { MusterProblem, MusterUnreachable, type Problem, type ProblemCode, type ProblemDetail } from '#client';

/** A whole problem, or as much of one as a rehearsal tells. */
type Refusal = Pick<Problem, 'code' | 'detail'> &
  Partial<Pick<Problem, 'permission' | 'retryAfter' | 'errors' | 'requestId'>>;

/** A failure in words for the person in front of the screen. */
export function explain(error: unknown): string {
  if (error instanceof MusterProblem) return explainRefusal(error.problem);
  if (error instanceof MusterUnreachable && !isEnglish()) return i18next.t('problems.unreachable');
  return error instanceof Error ? error.message : String(error);
}

/** A refusal in words. */
export function explainRefusal(refusal: Refusal): string {
  const { code, detail, errors = [], requestId = '' } = refusal;
  if (errors.length > 0 && code === 'validation_failed') return [...new Set(errors.map(faultText))].join(' ');
  if (isEnglish() && !FOR_PROGRAMS.has(code)) return detail;
  const { said, values } = variantOf(refusal);
  return i18next.t([`problems.${said}` as 'problems.not_found', `ended.${said}` as 'ended.token_expired'], {
    ...values,
    requestId: isolated(requestId),
    defaultValue: isolated(detail),
  });
}

/**
 * What is wrong with each field of a form, by the first part of its pointer; `''`: with the form as a whole. Fields of
 * the member `within` count as the form's own.
 */
export function fieldErrors(error: unknown, within?: string): Record<string, string> {
  if (!(error instanceof MusterProblem)) return { '': explain(error) };
  const { code, errors } = error.problem;
  const own = FIELD_OF_CODE[code];
  if (own) return { [own]: explain(error) };
  if (errors.length === 0) return { '': explain(error) };
  return Object.fromEntries(errors.map((one) => [fieldOf(one.pointer, within), faultText(one)]));
}

/** What is wrong with one part of the input, in words. */
export function faultText({ code, detail }: Pick<ProblemDetail, 'code' | 'detail'>): string {
  if (isEnglish() && !FOR_PROGRAMS.has(code)) return detail;
  return i18next.t(`faults.${code}` as 'faults.name_invalid', { defaultValue: isolated(detail) });
}

/** Under which name the words are, and what they name themselves. */
function variantOf({ code, permission, retryAfter = 0 }: Refusal): { said: string; values?: Record<string, unknown> } {
  if (permission && (code === 'permission_missing' || code === 'beyond_own_rights')) {
    const name = i18next.t(`permissions.${permission}` as 'permissions.inbox.read', { defaultValue: permission });
    return { said: `${code}_named`, values: { permission: isolated(name) } };
  }
  if (code === 'too_many_requests' && retryAfter > 60) {
    return { said: 'too_many_requests_long', values: { minutes: Math.ceil(retryAfter / 60) } };
  }
  return { said: SAID_AS[code] ?? code };
}

/** Another language's text in the midst of a sentence, or in its place: its full stop stays at its end. */
function isolated(text: string): string {
  return text && `\u2068${text}\u2069`;
}

function isEnglish(): boolean {
  return !i18next.language || i18next.language === 'en';
}

function fieldOf(pointer: string, within: string | undefined): string {
  const [first = '', second] = pointer.replace(/^[/?]/, '').split('/');
  return first === within ? (second ?? '') : first;
}

const FIELD_OF_CODE: Partial<Record<MusterProblem['code'], string>> = {
  email_taken: 'email',
  phone_number_id_taken: 'phoneNumberId',
  name_taken: 'name',
};

/** What only a page that doesn't fit the server is told; for the person in front of it all of that is one. */
const SAID_AS: Partial<Record<ProblemCode, string>> = {
  bad_json: 'bad_request',
  invalid_cursor: 'bad_request',
  method_not_allowed: 'bad_request',
  unknown_event: 'bad_request',
  unsupported_media_type: 'bad_request',
  idempotency_key_reused: 'bad_request',
  invitation_used: 'invitation_invalid',
};

/** Codes of which the server's words are meant for whoever programs. Its others say more in English than the console. */
const FOR_PROGRAMS: ReadonlySet<string> = new Set([
  'unauthenticated',
  'token_invalid',
  'token_expired',
  'invalid_cursor',
  'method_not_allowed',
  'unknown_event',
  'team_in_use',
  'stale_version',
  'idempotency_in_progress',
  'idempotency_answer_gone',
  'idempotency_key_reused',
  'protocol_unsupported',
  'internal_error',
  'live_unavailable',
  'too_many_sockets',
  'team_not_found',
  'agent_not_found',
  'permission_unknown',
  'events_invalid',
] satisfies (ProblemCode | FaultCode)[]);

type FaultCode = 'team_not_found' | 'agent_not_found' | 'permission_unknown' | 'events_invalid';
