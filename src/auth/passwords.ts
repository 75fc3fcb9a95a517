import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { ProblemException } from '../platform/errors/problem.exception.js';

/**
 * OWASP's minimum for argon2id (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane.
 * About 20 ms of one core.
 */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** As many at a time as leave a core for everybody else. */
const AT_A_TIME = Math.max(1, availableParallelism() - 1);

/** Whoever waits behind as many waits a few seconds; more are sent away instead. */
const MOST_WAITING = 200;

/**
 * Hashes and checks passwords, few at a time and with few waiting, so that a flood of logins neither takes all cores
 * nor makes others wait for long. Hashing for somebody who is logged in has a turn of its own.
 */
@Injectable()
export class Passwords {
  private readonly checking = pLimit(AT_A_TIME);
  private readonly hashing = pLimit(AT_A_TIME);
  private readonly decoy = this.hash('a password nobody has');

  /** Throws 429. */
  async hash(password: string): Promise<string> {
    if (this.hashing.pendingCount >= MOST_WAITING) throw crowded();
    return this.hashing(() => hash(password, ARGON2ID));
  }

  /**
   * Which of the hashes it is the password of. Without any, or for null, it takes as long. `hashes` is asked when it is
   * this one's turn, right before: what was decided earlier may be outdated by those before it. Throws 429.
   */
  async matching(password: string, hashes: () => Promise<readonly (string | null)[]>): Promise<boolean[]> {
    if (this.checking.pendingCount >= MOST_WAITING) throw crowded();
    return this.checking(async () => {
      const known = await hashes();
      const decoy = await this.decoy;
      const results: boolean[] = [];
      for (const expected of known.length > 0 ? known : [null]) {
        const isEqual = await verify(expected ?? decoy, password);
        results.push(expected !== null && isEqual);
      }
      return results;
    });
  }
}

function crowded(): ProblemException {
  return new ProblemException(
    'too_many_requests',
    'Too many passwords are checked at this moment; try again in a few seconds.',
    {
      retryAfter: 2,
    },
  );
}
