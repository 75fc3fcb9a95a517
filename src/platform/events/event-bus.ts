/**
 * What happened, told upwards: a feature publishes after its commit, those above it listen.
 *
 * Who calls: services, after the transaction committed and before they reply — the reply waits for the
 * handlers, so that what was acknowledged shows in the next read. What is guaranteed: every handler is called;
 * one that fails is logged and hides nothing from the others. What must never happen: a publish inside a
 * transaction, or a decision that depends on an event having arrived (a process may die before it publishes).
 */
import { Injectable, Logger } from '@nestjs/common';

/** Every event with its payload. Features add theirs by declaration merging in `*.events.ts`. */
export interface Events {}

export type EventName = keyof Events;
type Handler<K extends EventName> = (payload: Events[K]) => void | Promise<void>;

@Injectable()
export class EventBus {
  private readonly handlers = new Map<EventName, Handler<EventName>[]>();
  private readonly logger = new Logger(EventBus.name);

  /** Calls `handler` with every later `name`. */
  on<K extends EventName>(name: K, handler: Handler<K>): void {
    const known = this.handlers.get(name) ?? [];
    this.handlers.set(name, [...known, handler as unknown as Handler<EventName>]);
  }

  /** Resolves when every handler is done. Never rejects. */
  async publish<K extends EventName>(name: K, payload: Events[K]): Promise<void> {
    const handlers = (this.handlers.get(name) ?? []) as unknown as Handler<K>[];
    await Promise.all(handlers.map((handler) => this.call(name, handler, payload)));
  }

  private async call<K extends EventName>(name: K, handler: Handler<K>, payload: Events[K]): Promise<void> {
    try {
      await handler(payload);
    } catch (error) {
      this.logger.error({ err: error, event: name }, 'an event handler failed');
    }
  }
}
