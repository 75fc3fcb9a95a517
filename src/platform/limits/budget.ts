/**
 * How often something may go wrong before it has to wait: counted in Redis for all nodes, and in each node's memory
 * while Redis is away or slow, so that losing Redis neither opens the door nor locks anybody out.
 *
 * Who calls: whoever guards something that can be guessed: `look` before the attempt, `spend` after a failure. A budget
 * that is spent is locked, each time within a day for twice as long. Keys are hashes: nobody is named in Redis.
 */
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';

export interface BudgetOptions {
  /** The policy's name in answers. */
  name: string;
  /** How many failures. */
  points: number;
  /** In how many seconds, and how long the first lock is. */
  seconds: number;
  /** How long the longest lock is, in seconds. */
  longestSeconds: number;
}

/** How a budget stands. */
export interface Standing {
  name: string;
  points: number;
  seconds: number;
  left: number;
  /** More was spent than there was. */
  isOverspent: boolean;
  /** Seconds until the whole budget is there again. */
  resetSeconds: number;
}

const DAY_SECONDS = 24 * 3600;
/** More locks in a row than this make no difference. */
const MOST_STRIKES = 20;

export class Budget {
  private readonly failures: RateLimiterRedis;
  private readonly strikes: RateLimiterRedis;

  constructor(
    store: Redis,
    prefix: string,
    private readonly options: BudgetOptions,
  ) {
    const { name, points, seconds } = options;
    const insured = (keyPrefix: string, most: number, duration: number) =>
      new RateLimiterRedis({
        storeClient: store,
        rejectIfRedisNotReady: true,
        keyPrefix,
        points: most,
        duration,
        insuranceLimiter: new RateLimiterMemory({ keyPrefix, points: most, duration }),
      });
    this.failures = insured(`${prefix}:${name}`, points, seconds);
    this.strikes = insured(`${prefix}:${name}-locks`, MOST_STRIKES, DAY_SECONDS);
  }

  /** How it stands; spends nothing. */
  async look(key: string): Promise<Standing> {
    return this.standing(await this.failures.get(key));
  }

  /** One failure more. The last of the budget locks it. */
  async spend(key: string): Promise<Standing> {
    const spent = await this.failures.penalty(key);
    if (spent.consumedPoints !== this.options.points) return this.standing(spent);
    const { consumedPoints: strikes } = await this.strikes.penalty(key);
    // The last of the budget is still within it, though the lock counts as more.
    return { ...this.standing(await this.failures.block(key, this.lockSeconds(strikes))), isOverspent: false };
  }

  /** Forgets all failures and locks. */
  async forgive(key: string): Promise<void> {
    await Promise.all([this.failures.delete(key), this.strikes.delete(key)]);
  }

  private lockSeconds(strikes: number): number {
    const { seconds, longestSeconds } = this.options;
    return Math.max(seconds, Math.min(seconds * 2 ** (Math.min(strikes, MOST_STRIKES) - 1), longestSeconds));
  }

  private standing(result: RateLimiterRes | null): Standing {
    const { name, points, seconds } = this.options;
    if (!result) return { name, points, seconds, left: points, isOverspent: false, resetSeconds: 0 };
    const left = Math.max(0, points - result.consumedPoints);
    const isOverspent = result.consumedPoints > points;
    return {
      name,
      points,
      seconds,
      left,
      isOverspent,
      resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1_000)),
    };
  }
}

/** What an answer tells of the budgets that were looked at (draft-ietf-httpapi-ratelimit-headers). */
export function rateLimitHeaders(standings: readonly Standing[]): Record<string, string> {
  return {
    RateLimit: standings.map(({ name, left, resetSeconds }) => `"${name}";r=${left};t=${resetSeconds}`).join(', '),
    'RateLimit-Policy': standings.map(({ name, points, seconds }) => `"${name}";q=${points};w=${seconds}`).join(', '),
  };
}
