import { describeError } from '../logging/logging.module.js';

/**
 * What is kept of a failure outside the log: in Redis, in the outbox, in the queue's view. Of which kind it is and
 * where it happened; messages can hold what rows hold, so none is kept.
 */
export class JobFailure extends Error {
  constructor(error: unknown) {
    const { type, code, constraint, stack } = describeError(error) as Partial<Record<string, string>>;
    super([type, code, constraint].filter(Boolean).join(' '));
    this.name = 'JobFailure';
    this.stack = `${this.message}\n${stack ?? ''}`;
  }
}
