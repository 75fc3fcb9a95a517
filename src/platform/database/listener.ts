/**
 * PostgreSQL's notifications, on one connection of its own that comes back by itself.
 *
 * Guaranteed: while connected, a handler is called with each payload of its channel; after every (re)connection
 * it is called with `null`: something may have been missed, look at the table. A connection that says nothing is
 * noticed within `2 * BEAT_MS`. Notifications only wake; what counts is always in a table.
 */
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { Database } from './database.js';

type NotificationHandler = (payload: string | null) => void;

const RETRY_MS = 500;
/** How often the connection is asked whether it lives, and how long it may take to answer. */
const BEAT_MS = 2_000;

@Injectable()
export class Listener implements OnApplicationShutdown {
  private readonly handlers = new Map<string, Set<NotificationHandler>>();
  private readonly logger = new Logger('Listener');
  private client: pg.Client | null = null;
  private retry: NodeJS.Timeout | null = null;
  private beat: NodeJS.Timeout | null = null;
  private statements: Promise<void> = Promise.resolve();
  private connected = false;
  private closed = false;

  constructor(private readonly database: Database) {}

  /** Listens on `channel`; returns how to stop. */
  on(channel: string, handler: NotificationHandler): () => void {
    const known = this.handlers.get(channel) ?? new Set();
    this.handlers.set(channel, known.add(handler));
    if (!this.client) this.connect();
    else if (this.connected) this.listen(this.client, channel);
    return () => known.delete(handler);
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    if (this.retry) clearTimeout(this.retry);
    if (this.beat) clearTimeout(this.beat);
    await this.client?.end().catch(() => undefined);
  }

  private connect(): void {
    const options = { keepAlive: true, connectionTimeoutMillis: BEAT_MS, query_timeout: BEAT_MS };
    const client = new pg.Client({ connectionString: this.database.url, ...options });
    this.client = client;
    client.on('notification', ({ channel, payload }) => this.dispatch(channel, payload ?? ''));
    client.on('error', (error) => this.logger.warn(`connection lost: ${error.message}`));
    client.on('end', () => this.reconnect(client));
    void this.start(client);
  }

  private async start(client: pg.Client): Promise<void> {
    try {
      await client.connect();
      this.connected = true;
      for (const channel of this.handlers.keys()) this.listen(client, channel);
      this.scheduleBeat(client);
    } catch {
      this.abandon(client);
    }
  }

  /** A connection may be dead though nobody says so. */
  private scheduleBeat(client: pg.Client): void {
    if (this.closed || this.client !== client) return;
    this.beat = setTimeout(() => {
      client.query({ name: 'listener-beat', text: 'select 1' }).then(
        () => this.scheduleBeat(client),
        () => this.abandon(client),
      );
    }, BEAT_MS).unref();
  }

  /** Its end may never be told either. */
  private abandon(client: pg.Client): void {
    client.end().catch(() => undefined);
    this.reconnect(client);
  }

  /** One statement at a time; what fails with the connection is done again on the next. */
  private listen(client: pg.Client, channel: string): void {
    this.statements = this.statements
      .then(() => client.query(`listen ${channel}`))
      .then(
        () => this.dispatch(channel, null),
        () => undefined,
      );
  }

  private dispatch(channel: string, payload: string | null): void {
    for (const handler of this.handlers.get(channel) ?? []) handler(payload);
  }

  private reconnect(client: pg.Client): void {
    if (this.client !== client) return;
    this.connected = false;
    if (this.closed || this.retry) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      this.connect();
    }, RETRY_MS);
  }
}
