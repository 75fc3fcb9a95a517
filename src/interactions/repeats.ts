/**
 * What is sent again after its node was killed: it may be recorded, and nobody told.
 *
 * Who calls: the writers, before they answer `duplicate`. Guaranteed: when `tell` resolves, whoever shows counts has been
 * told of the transactions that recorded the repeats, or knows that it has to look. Costs one look at the keys, and
 * only where something came again.
 */
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { EventBus } from '../platform/events/event-bus.js';

/** An interaction by its workspace and its id there. */
interface Named {
  workspace_id: string;
  id: string;
}

/** Longer than a node that recorded something can go on without telling, or be found dead. */
const RECENT_MS = 15_000;

/** Which transactions recorded these lately. `$1`: workspaces, `$2`: ids, `$3`: since. */
const RECORDED_BY_SQL = `
select distinct k.workspace_id, k.xmin::text as xid
from unnest($1::uuid[], $2::text[]) as repeated (workspace_id, id)
join interaction_key k on k.workspace_id = repeated.workspace_id and k.id = repeated.id
where k.recorded_at > $3`;

@Injectable()
export class Repeats {
  constructor(
    private readonly database: Database,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  /** Resolves when it is known that they are shown, or made sure. */
  async tell(repeated: readonly Named[]): Promise<void> {
    if (repeated.length === 0) return;
    const { rows: recorded } = await this.database.pool.query<{ workspace_id: string; xid: string }>({
      name: 'repeats-recorded-by',
      text: RECORDED_BY_SQL,
      values: [
        repeated.map((row) => row.workspace_id),
        repeated.map(({ id }) => id),
        new Date(this.clock.now() - RECENT_MS),
      ],
    });
    const byWorkspace = Map.groupBy(recorded, (row) => row.workspace_id);
    await Promise.all(
      [...byWorkspace].map(([workspaceId, told]) =>
        this.bus.publish('interactions.repeated', { workspaceId, xids: told.map(({ xid }) => xid) }),
      ),
    );
  }
}
