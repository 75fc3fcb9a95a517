/**
 * How many passwords may be guessed.
 *
 * Who calls: whatever compares a password: `admit` before, `failed` after a wrong one. Only wrong passwords count. They
 * count for the account — by its e-mail, whether there is one or not, so that a lock tells nothing — and for the address
 * they come from. An address from which the account's owner has logged in before has a budget with this account of its
 * own and needs no other: whoever guesses from elsewhere can't lock the owner out. Must never happen: a password
 * compared while a budget is spent, beyond those that are being compared at that moment.
 */
import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { type Budget, rateLimitHeaders, type Standing } from '../platform/limits/budget.js';
import { Budgets } from '../platform/limits/budgets.js';
import { Metrics } from '../platform/telemetry/metrics.js';
import { Fingerprints } from './fingerprints.js';

/** Somebody shows a password. */
export interface Attempt {
  email: string;
  address: string;
  /** Whether the account's owner has logged in from there before. */
  isKnown: boolean;
}

const LONGEST_LOCK_SECONDS = 3_600;

@Injectable()
export class LoginLimits {
  private readonly accounts: Budget;
  private readonly addresses: Budget;
  private readonly outcomes;

  constructor(
    budgets: Budgets,
    private readonly fingerprints: Fingerprints,
    config: Config,
    metrics: Metrics,
  ) {
    const time = { seconds: config.loginLockSeconds, longestSeconds: LONGEST_LOCK_SECONDS };
    this.accounts = budgets.create({ name: 'login', points: config.loginFailures, ...time });
    const points = config.loginFailuresPerAddress;
    this.addresses = budgets.create({ name: 'login-address', points, ...time, longestSeconds: time.seconds });
    this.outcomes = metrics.counter('muster_logins_total', 'Passwords that were shown, by outcome.', ['outcome']);
  }

  /** Throws 429 `too_many_requests` while a budget that counts for the attempt is spent. */
  async admit(attempt: Attempt): Promise<void> {
    const standings = await this.each(attempt, (budget, key) => budget.look(key));
    const spent = standings.filter(({ left }) => left === 0);
    if (spent.length === 0) return;
    this.outcomes.inc({ outcome: 'refused' });
    const retryAfter = Math.max(...spent.map(({ resetSeconds }) => resetSeconds));
    throw new ProblemException(
      'too_many_requests',
      'There were too many wrong passwords; wait, or reset the password by e-mail.',
      { retryAfter, headers: rateLimitHeaders(standings) },
    );
  }

  /** Counts a wrong password; resolves to what its refusal tells in headers. */
  async failed(attempt: Attempt): Promise<Record<string, string>> {
    this.outcomes.inc({ outcome: 'wrong' });
    return rateLimitHeaders(await this.each(attempt, (budget, key) => budget.spend(key)));
  }

  succeeded(): void {
    this.outcomes.inc({ outcome: 'right' });
  }

  /** Somebody has proven to be the account's owner, other than by the password: what was counted is forgotten. */
  async forgive(email: string): Promise<void> {
    await this.accounts.forgive(this.fingerprints.account(email));
  }

  /** How many seconds the account is still locked for those who come from elsewhere than before; 0: it is not. */
  async lockedSeconds(email: string): Promise<number> {
    const { left, resetSeconds } = await this.accounts.look(this.fingerprints.account(email));
    return left === 0 ? resetSeconds : 0;
  }

  private async each(attempt: Attempt, ask: (budget: Budget, key: string) => Promise<Standing>): Promise<Standing[]> {
    const account = this.fingerprints.account(attempt.email);
    const origin = this.fingerprints.origin(attempt.address).toString('base64url');
    if (attempt.isKnown) return [await ask(this.accounts, `${account}.${origin}`)];
    return Promise.all([ask(this.accounts, account), ask(this.addresses, origin)]);
  }
}
