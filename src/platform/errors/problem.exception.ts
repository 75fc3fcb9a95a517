import { type Problem, type ProblemCode, type ProblemDetail, PROBLEM_STATUS } from '#contracts';

/** What a problem may carry beside its code and detail. */
export type ProblemExtras = Partial<
  Pick<Problem, 'errors' | 'permission' | 'reasons' | 'version' | 'status' | 'retryable' | 'retryAfter'>
> & {
  /** Headers of the answer over HTTP. */
  headers?: Record<string, string>;
};

const TITLES: Partial<Record<ProblemCode, string>> = {
  validation_failed: 'The input is not valid',
  permission_missing: 'A permission is missing',
  not_found: 'Not found',
  stale_version: 'Somebody else changed it meanwhile',
  internal_error: 'Something went wrong on our side',
};

/** A refusal with a stable code. `detail` says what to do; it never repeats secrets or raw numbers. */
export class ProblemException extends Error {
  readonly status: number;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(`${code}: ${detail}`);
    this.name = 'ProblemException';
    this.status = extras.status ?? PROBLEM_STATUS[code];
  }

  /** The wire form. */
  toProblem(requestId: string): Problem {
    const { headers: _, ...extras } = this.extras;
    return {
      type: 'about:blank',
      title: TITLES[this.code] ?? sentence(this.code),
      detail: this.detail,
      code: this.code,
      requestId,
      retryable: this.status === 503 || this.status === 429,
      errors: [],
      ...extras,
      status: this.status,
    };
  }
}

/** `404 not_found`: it doesn't exist, or not in the caller's workspace; nobody can tell which. */
export function notFound(what: string): ProblemException {
  return new ProblemException('not_found', `There is no such ${what} in your workspace.`);
}

/**
 * `503 access_changed`: what was found may not be sent any more, and what may be now isn't known yet. Where something
 * was written it is written, and the call must not be repeated.
 */
export function accessChanged({ isWritten } = { isWritten: false }): ProblemException {
  const next = isWritten ? 'What was to be written is written; read it again.' : 'Ask again.';
  return new ProblemException('access_changed', `Rights changed while this was answered. ${next}`, {
    retryable: !isWritten,
  });
}

/** As many as a person would look at. */
const MAX_ERRORS = 20;

/** `422 validation_failed` with what is wrong where. */
export function validationFailed(errors: ProblemDetail[]): ProblemException {
  const shown = errors.slice(0, MAX_ERRORS);
  const detail = errors.length === 1 && errors[0] ? errors[0].detail : `${errors.length} things are wrong; see errors.`;
  return new ProblemException('validation_failed', detail, { errors: shown });
}

/** `422 validation_failed` about one member of the body. */
export function invalid(member: string, code: string, detail: string): ProblemException {
  return validationFailed([{ pointer: `/${member}`, code, detail }]);
}

function sentence(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
