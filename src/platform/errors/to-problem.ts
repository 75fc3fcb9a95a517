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

const BODY_CODES: Record<string, [ProblemCode, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['payload_too_large', 'The body is too large; send less at a time.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'Send JSON with the header Content-Type: application/json.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['bad_json', 'The body is empty; send JSON.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['bad_json', 'The body is not valid JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad_request', 'The body is not as long as Content-Length says.'],
};

/** SQLSTATE classes and codes that mean "not now": connection lost, resources, shutdown, deadlock, timeouts. */
const UNAVAILABLE = /^(08|53|57P0|40001|40P01|55P03|57014|25P03)/;
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

/** Whatever was thrown, as a refusal a client can act on. Unknown errors tell nothing of the inside. */
export function toProblemException(error: unknown): ProblemException {
  if (error instanceof ProblemException) return error;
  if (isDatabaseTrouble(error)) {
    return new ProblemException('database_unavailable', 'The database can not answer right now; try again.', {
      retryAfter: 1,
    });
  }
  const body = BODY_CODES[codeOf(error)];
  if (body) return new ProblemException(...body);
  if (error instanceof SyntaxError && statusOf(error) === 400) {
    return new ProblemException('bad_json', 'The body is not valid JSON.');
  }
  const code = HTTP_CODES[error instanceof HttpException ? error.getStatus() : statusOf(error)];
  if (code) return new ProblemException(code, HTTP_DETAILS[code] ?? 'The request can not be understood.');
  return new ProblemException('internal_error', 'It was recorded; try again, and report the requestId if it stays.');
}

const HTTP_DETAILS: Partial<Record<ProblemCode, string>> = {
  not_found: 'There is nothing at this path; see /api/docs.',
  payload_too_large: 'The body is too large; send less at a time.',
};

/** Whether `error` is a violation of the unique index `index`. */
export function violates(error: unknown, index: string): boolean {
  return error instanceof UniqueConstraintViolationException
    ? error.message.includes(`"${index}"`)
    : codeOf(error) === '23505' && (error as { constraint?: string }).constraint === index;
}

function isDatabaseTrouble(error: unknown): boolean {
  if (error instanceof ConnectionException || error instanceof DeadlockException || error instanceof LockWaitTimeoutException) {
    return true;
  }
  const code = codeOf(error);
  return UNAVAILABLE.test(code) || NETWORK.has(code) || /timeout exceeded when trying to connect|Connection terminated/.test(messageOf(error));
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

function statusOf(error: unknown): number {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
