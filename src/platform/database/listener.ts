/**
 * PostgreSQL's notifications, on one connection of its own that comes back by itself.
 *
 * Guaranteed: while connected, a handler is called with each payload of its channel; after every (re)connection
 * it is called with `null`: something may have been missed, look at the table. Notifications only wake; what
 * counts is always in a table.
 */
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { Config } from '../config/config.js';

type NotificationHandler = (payload: string | null) => void;

const RETRY_MS = 500;

@Injectable()
export class Listener implements OnApplicationShutdown {
  private readonly handlers = new Map<string, Set<NotificationHandler>>();
  private readonly logger = new Logger('Listener');
  private client: pg.Client | null = null;
  private retry: NodeJS.Timeout | null = null;
  private closed = false;

  constructor(private readonly config: Config) {}

  /** Listens on `channel`; returns how to stop. */
  on(channel: string, handler: NotificationHandler): () => void {
    const known = this.handlers.get(channel) ?? new Set();
    this.handlers.set(channel, known.add(handler));
    if (!this.client) this.connect();
    else
      void this.client.query(`listen ${channel}`).then(
        () => handler(null),
        () => undefined,
      );
    return () => known.delete(handler);
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    if (this.retry) clearTimeout(this.retry);
    await this.client?.end().catch(() => undefined);
  }

  private connect(): void {
    const client = new pg.Client({ connectionString: this.config.databaseUrl, keepAlive: true });
    this.client = client;
    client.on('notification', ({ channel, payload }) => this.dispatch(channel, payload ?? ''));
    client.on('error', (error) => this.logger.warn(`connection lost: ${error.message}`));
    client.on('end', () => this.reconnect());
    void this.start(client);
  }

  private async start(client: pg.Client): Promise<void> {
    try {
      await client.connect();
      for (const channel of this.handlers.keys()) await client.query(`listen ${channel}`);
      for (const channel of this.handlers.keys()) this.dispatch(channel, null);
    } catch {
      await client.end().catch(() => undefined);
      this.reconnect();
    }
  }

  private dispatch(channel: string, payload: string | null): void {
    for (const handler of this.handlers.get(channel) ?? []) handler(payload);
  }

  private reconnect(): void {
    if (this.closed || this.retry) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      this.connect();
    }, RETRY_MS);
  }
}
