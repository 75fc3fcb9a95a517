import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Config } from '../config/config.js';
import { connectRedis } from '../redis/redis-connections.js';
import { Budget, type BudgetOptions } from './budget.js';
import { Throttle } from './throttle.js';

/** An attempt waits this long for Redis before this node counts by itself. */
const REDIS_WITHIN_MS = 250;

/** Makes budgets, which share a connection of their own: what is slow elsewhere must not slow logins down. */
@Injectable()
export class Budgets implements OnApplicationShutdown {
  private readonly logger = new Logger(Budgets.name);
  private readonly store: Redis;

  constructor(private readonly config: Config) {
    this.store = connectRedis(config.redisUrl, {
      commandTimeout: REDIS_WITHIN_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
    });
    this.store.on('error', (error: Error) => this.logger.debug(`connection: ${error.message}`));
  }

  create(options: BudgetOptions): Budget {
    return new Budget(this.store, `${this.config.redisPrefix}:limit`, options);
  }

  /** So many a second, for each key. */
  throttle(name: string, perSecond: number): Throttle {
    return new Throttle(this.store, `${this.config.redisPrefix}:pace:${name}`, perSecond);
  }

  onApplicationShutdown(): void {
    this.store.disconnect();
  }
}
