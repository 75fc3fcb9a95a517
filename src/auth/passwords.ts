import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';

/**
 * OWASP's minimum for argon2id (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane.
 * About 20 ms of one core.
 */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashes and checks passwords, few at a time, so that a flood of logins can't take all cores. */
@Injectable()
export class Passwords {
  private readonly limit = pLimit(Math.max(1, availableParallelism() - 1));
  private readonly decoy = this.hash('a password nobody has');

  hash(password: string): Promise<string> {
    return this.limit(() => hash(password, ARGON2ID));
  }

  /** Whether it is the password. Without a hash to compare with it takes as long and is false. */
  async matches(password: string, known: string | null): Promise<boolean> {
    const expected = known ?? (await this.decoy);
    const equal = await this.limit(() => verify(expected, password));
    return known !== null && equal;
  }
}
