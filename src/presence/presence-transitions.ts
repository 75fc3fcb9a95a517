/**
 * What an agent's presence becomes, in PostgreSQL and for those who watch.
 *
 * Who calls: whoever changes what presence follows from — connections, choices, the lifecycle — in the same transaction,
 * after `lock`; `tell` when it has committed. Guaranteed: presence and its history change together, and each stretch of
 * the history says why it began.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Clock } from '../platform/clock.js';
import { sql } from '../platform/database/database.js';
import { EventBus } from '../platform/events/event-bus.js';
import * as queries from './presence.queries.js';
import type { PresenceRow } from './presence.queries.js';

/** Why presence changed, as the history keeps it. */
export type PresenceCause = 'connected' | 'disconnected' | 'lost' | 'chosen' | 'set_by_other' | 'lifecycle' | 'created';

/** By agent. */
export type Causes = ReadonlyMap<string, PresenceCause>;

@Injectable()
export class PresenceTransitions {
  constructor(
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  /** Whoever changes several locks them all first, in one order. */
  async lock(em: EntityManager, agentIds: Iterable<string>): Promise<void> {
    await sql(em, queries.LOCK_SQL, [[...agentIds]]);
  }

  /** Locks those of the agents that can be locked at once; those that somebody else holds. */
  async lockFree(em: EntityManager, agentIds: ReadonlySet<string>): Promise<Set<string>> {
    const free = await sql<{ agent_id: string }>(em, queries.LOCK_FREE_SQL, [[...agentIds]]);
    return agentIds.difference(new Set(free.map((row) => row.agent_id)));
  }

  /** Begins the presence of new agents. */
  async start(em: EntityManager, agentIds: readonly string[]): Promise<void> {
    await sql(em, queries.START_SQL, [agentIds, this.clock.date()]);
    await this.openIntervals(em, causesOf(agentIds, 'created'));
  }

  /** Brings the agents' presence in line with what it follows from; what changed. */
  async settle(em: EntityManager, causes: Causes): Promise<PresenceRow[]> {
    const now = this.clock.date();
    const agentIds = [...causes.keys()];
    const changed = await sql<PresenceRow>(em, queries.SETTLE_SQL, [agentIds, now]);
    if (changed.length > 0) {
      await sql(em, queries.CLOSE_INTERVALS_SQL, [agentIds, now]);
      await this.openIntervals(em, causes);
    }
    return changed;
  }

  /** Tells everybody who watches. */
  async tell(rows: PresenceRow[]): Promise<void> {
    for (const [workspaceId, presences] of Map.groupBy(rows, (row) => row.workspace_id)) {
      await this.bus.publish('presence.changed', {
        workspaceId,
        presences: presences.map((row) => ({
          agentId: row.agent_id,
          state: row.state,
          availability: row.availability,
          connected: row.connected,
          since: row.since,
          version: row.version,
        })),
      });
    }
  }

  private async openIntervals(em: EntityManager, causes: Causes): Promise<void> {
    await sql(em, queries.OPEN_INTERVALS_SQL, [[...causes.keys()], [...causes.values()]]);
  }
}

/** The same cause for all. */
export function causesOf(agentIds: Iterable<string>, cause: PresenceCause): Causes {
  return new Map([...agentIds].map((agentId) => [agentId, cause]));
}
