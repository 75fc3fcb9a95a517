/**
 * The ways to Redis. Redis may vanish at any moment: whoever calls must have an answer for a rejected promise.
 *
 * `commands` is for requests: it never queues while Redis is away and gives up on a slow answer. `blocking()`
 * makes a connection of one's own, for commands that wait. Keys go through `key`, so that installations and
 * tests can share one Redis.
 */
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { Config } from '../config/config.js';

const COMMAND_TIMEOUT_MS = 1_000;

@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  readonly commands: Redis;
  private readonly opened = new Set<Redis>();
  private readonly logger = new Logger('Redis');

  constructor(private readonly config: Config) {
    this.commands = this.open({
      commandTimeout: COMMAND_TIMEOUT_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
    });
  }

  /** A connection of one's own, for blocking commands; it retries for ever and is closed at shutdown. */
  blocking(): Redis {
    return this.open({ maxRetriesPerRequest: null });
  }

  key(...parts: string[]): string {
    return [this.config.redisPrefix, ...parts].join(':');
  }

  /** Whether Redis answers now. */
  async isAlive(): Promise<boolean> {
    return this.commands.ping().then(
      () => true,
      () => false,
    );
  }

  onApplicationShutdown(): void {
    for (const connection of this.opened) connection.disconnect();
  }

  private open(options: RedisOptions): Redis {
    const connection = connectRedis(this.config.redisUrl, options);
    connection.on('error', (error: Error) => this.logger.debug(`connection: ${error.message}`));
    this.opened.add(connection);
    connection.once('end', () => this.opened.delete(connection));
    return connection;
  }
}

/** A connection to `url`: redis://, rediss:// or unix:///path/to/socket. Retries quickly, so recovery is quick. */
export function connectRedis(url: string, options: RedisOptions): Redis {
  const all: RedisOptions = {
    retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
    // A former primary keeps its connections: the one that took over is found by making a new one.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
    disconnectTimeout: 100,
    ...options,
  };
  return url.startsWith('unix://')
    ? new Redis({ ...all, path: decodeURIComponent(url.slice(7)) })
    : new Redis(url, all);
}
