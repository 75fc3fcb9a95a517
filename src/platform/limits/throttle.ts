/**
 * How often something may be done in a second: counted in Redis for all nodes, and in each node's memory while Redis is
 * away, so that its loss stops nothing.
 */
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

export class Throttle {
  private readonly limiter: RateLimiterRedis;

  constructor(store: Redis, keyPrefix: string, points: number) {
    this.limiter = new RateLimiterRedis({
      storeClient: store,
      rejectIfRedisNotReady: true,
      keyPrefix,
      points,
      duration: 1,
      insuranceLimiter: new RateLimiterMemory({ keyPrefix, points, duration: 1 }),
    });
  }

  /** Takes a turn: 0. Otherwise how many milliseconds to wait before asking again. */
  async take(key: string): Promise<number> {
    try {
      await this.limiter.consume(key);
      return 0;
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
      throw refused;
    }
  }
}
