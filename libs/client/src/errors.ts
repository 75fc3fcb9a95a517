/** The three ways in which a call or a live view can fail. */
import type { CloseCode, Problem, ProblemCode } from '#contracts';

/** Muster refused. Decide by `code`; `message` is for people. */
export class MusterProblem extends Error {
  override readonly name = 'MusterProblem';

  constructor(
    /** The whole answer. */
    readonly problem: Problem,
    /** How long Muster asked to wait before the next try; null when it didn't say. */
    readonly retryAfterMs: number | null = waitOf(problem),
  ) {
    super(`${problem.detail} (${problem.code})`);
  }

  /** What is wrong, stable across versions. */
  get code(): ProblemCode {
    return this.problem.code;
  }

  /** Whether the same request may succeed later without a change. */
  get retryable(): boolean {
    return this.problem.retryable;
  }
}

/** How long a problem asks to wait, in milliseconds; null: it doesn't say. */
export function waitOf({ retryAfter }: { retryAfter?: number }): number | null {
  return retryAfter === undefined ? null : retryAfter * 1_000;
}

/** Muster did not answer, or something that isn't Muster did. */
export class MusterUnreachable extends Error {
  override readonly name = 'MusterUnreachable';
}

/** Why a connection or a view has ended for good. */
export interface Closure {
  code: CloseCode | ProblemCode | 'closed_by_client';
  reason: string;
}

/** Somebody waited for a live view that has ended for good. */
export class MusterClosed extends Error {
  override readonly name = 'MusterClosed';

  constructor(readonly closure: Closure) {
    super(`${closure.reason} (${closure.code})`);
  }
}

/** Whether `value` is a problem object as it is sent over HTTP and sockets. */
export function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false;
  const { code, detail, status } = value as Partial<Problem>;
  return typeof code === 'string' && typeof detail === 'string' && typeof status === 'number';
}

/** Whether trying the same again later may help. */
export function isTransient(error: unknown): boolean {
  return error instanceof MusterUnreachable || (error instanceof MusterProblem && error.retryable);
}
