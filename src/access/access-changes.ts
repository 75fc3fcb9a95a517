/**
 * Tells every node that somebody's rights changed, so that open sockets follow at once.
 *
 * Who calls: services that change rights, inside their transaction (`announce`). Guaranteed: after the commit each
 * node that is connected to PostgreSQL publishes `access.changed` locally; a node that lost its connection
 * publishes it for everybody once it is back. Decisions never wait for it: each request and event reads the
 * authority itself. What takes rights away goes through `Revocations`, which waits until every node has obeyed.
 */
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from '../platform/database/database.js';
import { Listener } from '../platform/database/listener.js';
import { EventBus } from '../platform/events/event-bus.js';
import type { AccessSubject } from './subject.js';

declare module '../platform/events/event-bus.js' {
  interface Events {
    /** Rights changed and are committed: re-read the authority of the sockets concerned. */
    'access.changed': AccessSubject;
  }
}

const CHANNEL = 'muster_access';

@Injectable()
export class AccessChanges implements OnModuleInit, OnApplicationShutdown {
  private stop: (() => void) | null = null;

  constructor(
    private readonly listener: Listener,
    private readonly bus: EventBus,
  ) {}

  onModuleInit(): void {
    this.stop = this.listener.on(CHANNEL, (payload) => void this.bus.publish('access.changed', parse(payload)));
  }

  onApplicationShutdown(): void {
    this.stop?.();
  }

  /** Announces the change when the transaction of `em` commits. */
  announce(em: EntityManager, subject: AccessSubject): Promise<void> {
    return this.announceAll(em, [subject]);
  }

  /** Announces changes when the transaction of `em` commits. */
  async announceAll(em: EntityManager, subjects: readonly AccessSubject[]): Promise<void> {
    const payloads = subjects.map((subject) => JSON.stringify(subject));
    await sql(em, 'select pg_notify($1, payload) from unnest($2::text[]) as t (payload)', [CHANNEL, payloads]);
  }
}

/** `null`: the connection was away, and anything may have happened. */
function parse(payload: string | null): AccessSubject {
  return payload ? (JSON.parse(payload) as AccessSubject) : { kind: 'everybody' };
}
