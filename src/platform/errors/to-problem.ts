import { HttpException } from '@nestjs/common';
import {
  ConnectionException,
  DeadlockException,
  LockWaitTimeoutException,
  UniqueConstraintViolationException,
} from '@mikro-orm/core';
import type { ProblemCode } from '#contracts';
import { ProblemException } from './problem.exception.js';

const HTTP_CODES: Record<number, ProblemCode> = {
  400: 'bad_request',
  401: 'unauthenticated',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
};

/** Values that PostgreSQL can't take: text with NUL, numbers and times out of range, wrong forms. */
const UNACCEPTABLE = /^(22|08P01)/;

/** SQLSTATE classes and codes that mean "not now": connection lost, resources, shutdown, deadlock, timeouts. */
const UNAVAILABLE = /^(08|53|57P0|40001|40P01|55P03|57014|25P03)/;
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

/** What the driver says without a code: no connection, a lost one, no answer. */
const UNANSWERED = /timeout exceeded when trying to connect|Connection terminated|Query read timeout|is not queryable/;

/** Whatever was thrown, as a refusal a client can act on. Unknown errors tell nothing of the inside. */
export function toProblemException(error: unknown): ProblemException {
  if (error instanceof ProblemException) return error;
  if (UNACCEPTABLE.test(codeOf(error))) {
    return new ProblemException(
      'bad_request',
      'A value can not be stored as it is; check the texts, numbers and times.',
    );
  }
  if (isDatabaseTrouble(error)) {
    return new ProblemException('database_unavailable', 'The database can not answer right now; try again.', {
      retryAfter: 1,
    });
  }
  if (isBadJson(error)) return new ProblemException('bad_json', 'The body is not valid JSON.');
  const code = error instanceof HttpException ? HTTP_CODES[error.getStatus()] : undefined;
  if (code) return new ProblemException(code, HTTP_DETAILS[code] ?? 'The request can not be understood.');
  return new ProblemException('internal_error', 'It was recorded; try again, and report the requestId if it stays.');
}

const HTTP_DETAILS: Partial<Record<ProblemCode, string>> = {
  not_found: 'There is nothing at this path; see /api/docs.',
  payload_too_large: 'The body is too large; send less at a time.',
  unsupported_media_type: 'Send JSON with the header Content-Type: application/json.',
};

/** Whether `error` is a violation of the unique index `index`. */
export function violates(error: unknown, index: string): boolean {
  return error instanceof UniqueConstraintViolationException
    ? error.message.includes(`"${index}"`)
    : codeOf(error) === '23505' && (error as { constraint?: string }).constraint === index;
}

function isDatabaseTrouble(error: unknown): boolean {
  if (
    error instanceof ConnectionException ||
    error instanceof DeadlockException ||
    error instanceof LockWaitTimeoutException
  ) {
    return true;
  }
  const code = codeOf(error);
  return UNAVAILABLE.test(code) || NETWORK.has(code) || UNANSWERED.test(messageOf(error));
}

/** Nest turns the body parser's errors into an exception of its own that keeps only status and message. */
function isBadJson(error: unknown): boolean {
  return error instanceof HttpException && error.getStatus() === 400 && /JSON/i.test(error.message);
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
