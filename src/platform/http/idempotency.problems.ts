import { ProblemException } from '../errors/problem.exception.js';

export function inProgress(): ProblemException {
  return new ProblemException(
    'idempotency_in_progress',
    'The first request with this Idempotency-Key is still being answered; ask again in a moment.',
    { retryable: true, retryAfter: 1 },
  );
}

/** What was asked for is done, but its answer was lost, or is not for the caller's eyes any more. */
export function answeredBefore(): ProblemException {
  return new ProblemException(
    'idempotency_answer_gone',
    'This was done, but its answer can not be given again: it was lost, or your rights are others now. Read it.',
  );
}

export function keyReused(): ProblemException {
  return new ProblemException(
    'idempotency_key_reused',
    'This Idempotency-Key was used for another body; use a new one for each intent.',
  );
}

/** This attempt was taken for dead, and another one answers the request. */
export function lostClaim(): ProblemException {
  return new ProblemException(
    'idempotency_in_progress',
    'This took too long, and the request was repeated meanwhile; nothing was written here.',
    { retryable: true, retryAfter: 1 },
  );
}
