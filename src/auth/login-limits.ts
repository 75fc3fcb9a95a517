/**
 * How many passwords may be guessed.
 *
 * Who calls: whatever compares a password: `admit` before, `failed` or `succeeded` after. Only wrong passwords count.
 * They count for each account they were compared with — by its e-mail in its workspace, whether there is one or not, so
 * that a lock tells nothing — and for the address they come from. An address from which an account's owner has logged
 * in before has a budget with this account of its own and needs no other: whoever guesses from elsewhere can't lock the
 * owner out. Must never happen: a password compared while a budget is spent, beyond those that are being compared at
 * that moment; an account with the same e-mail in another workspace that opens what is locked in this one.
 */
import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { type Budget, rateLimitHeaders, type Standing } from '../platform/limits/budget.js';
import { Budgets } from '../platform/limits/budgets.js';
import { Metrics } from '../platform/telemetry/metrics.js';
import { Fingerprints } from './fingerprints.js';

/** An account that may exist. */
export interface Account {
  /** The workspace's slug. */
  workspace: string;
  email: string;
}

/** An account somebody shows a password for. */
export interface TriedAccount extends Account {
  /** Whether the account's owner has logged in from there before. */
  isKnown: boolean;
}

/** Somebody shows a password, for all accounts it may belong to. */
export interface Attempt {
  address: string;
  accounts: readonly TriedAccount[];
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

  /** With which of the accounts the password may be compared; throws 429 `too_many_requests` when with none. */
  async admit(attempt: Attempt): Promise<boolean[]> {
    const standings = await this.each(attempt, (budget, key) => budget.look(key));
    const waits = standings.map(waitOf);
    const retryAfter = Math.min(...waits);
    if (retryAfter === 0) return waits.map((seconds) => seconds === 0);
    this.outcomes.inc({ outcome: 'refused' });
    throw new ProblemException(
      'too_many_requests',
      'There were too many wrong passwords; wait, or reset the password by e-mail.',
      { retryAfter, headers: headersOf(standings) },
    );
  }

  /** Counts a wrong password; resolves to what its refusal tells in headers. */
  async failed(attempt: Attempt): Promise<Record<string, string>> {
    this.outcomes.inc({ outcome: 'wrong' });
    return headersOf(await this.each(attempt, (budget, key) => budget.spend(key)));
  }

  /**
   * The password was right for one account. It counts for those it was wrong for: else whoever has an account with
   * somebody else's e-mail would guess for free, by setting the guess as the own password first.
   */
  async succeeded({ address, accounts: missed }: Attempt): Promise<void> {
    this.outcomes.inc({ outcome: 'right' });
    const origin = this.originOf(address);
    await Promise.all(missed.map((account) => this.accounts.spend(this.keyOf(account, origin))));
  }

  /** Somebody has proven to be the account's owner, other than by the password: what was counted is forgotten. */
  async forgive({ email, workspace }: Account): Promise<void> {
    await this.accounts.forgive(this.fingerprints.account(email, workspace));
  }

  /** How many seconds the account is still locked for those who come from elsewhere than before; 0: it is not. */
  async lockedSeconds({ email, workspace }: Account): Promise<number> {
    return waitOf([await this.accounts.look(this.fingerprints.account(email, workspace))]);
  }

  /** The budgets that count for each account; that of the address is asked once, whatever the number of accounts. */
  private async each(
    { address, accounts }: Attempt,
    ask: (budget: Budget, key: string) => Promise<Standing>,
  ): Promise<Standing[][]> {
    const origin = this.originOf(address);
    const isFromElsewhere = accounts.some(({ isKnown }) => !isKnown);
    const [shared, ...own] = await Promise.all([
      isFromElsewhere ? ask(this.addresses, origin) : null,
      ...accounts.map((account) => ask(this.accounts, this.keyOf(account, origin))),
    ]);
    return accounts.map(({ isKnown }, index) => {
      const standings = isKnown ? [own[index]] : [own[index], shared];
      return standings.filter((standing) => standing !== undefined && standing !== null);
    });
  }

  private originOf(address: string): string {
    return this.fingerprints.origin(address).toString('base64url');
  }

  private keyOf({ email, workspace, isKnown }: TriedAccount, origin: string): string {
    const account = this.fingerprints.account(email, workspace);
    return isKnown ? `${account}.${origin}` : account;
  }
}

/** Seconds until all of them have something left. */
function waitOf(standings: readonly Standing[]): number {
  return Math.max(0, ...standings.map(({ left, resetSeconds }) => (left === 0 ? resetSeconds : 0)));
}

/** Of the account that can be tried the longest: all of them would tell how many there are. */
function headersOf(accounts: readonly Standing[][]): Record<string, string> {
  const leftOf = (standings: readonly Standing[]) => standings[0]?.left ?? 0;
  const [best = []] = accounts.toSorted((a, b) => waitOf(a) - waitOf(b) || leftOf(b) - leftOf(a));
  return rateLimitHeaders(best);
}
