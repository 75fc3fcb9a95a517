/**
 * How many calls one credential may send to this node in a second: HTTP requests and socket events together.
 *
 * Who calls: the guard of HTTP with what it has authenticated, and the gate in front of socket packets. Counted in
 * memory, in seconds of the clock: a second's end forgets everybody, so nothing grows and no call waits for a store.
 */
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock.js';
import { Config } from '../config/config.js';
import { ProblemException } from '../errors/problem.exception.js';

@Injectable()
export class CallAllowances {
  private second = 0;
  private readonly taken = new Map<string, number>();

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Takes one call off the credential's second. Throws 429 `too_many_requests` when none is left. */
  take(credentialId: string): void {
    const second = Math.floor(this.clock.now() / 1_000);
    if (second !== this.second) this.taken.clear();
    this.second = second;
    const taken = (this.taken.get(credentialId) ?? 0) + 1;
    this.taken.set(credentialId, taken);
    const limit = this.config.callsPerSecond;
    if (taken > limit) throw tooMany(limit);
  }
}

function tooMany(limit: number): ProblemException {
  return new ProblemException('too_many_requests', `Send at most ${limit} calls and events a second.`, {
    retryAfter: 1,
    headers: { RateLimit: '"calls";r=0;t=1', 'RateLimit-Policy': `"calls";q=${limit};w=1` },
  });
}
