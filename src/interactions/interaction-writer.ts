/**
 * Writes interactions that name their conversation: the batch API's way to the database.
 *
 * Guaranteed: when `record` resolves, what it calls accepted or a duplicate is committed and everybody who listens knows
 * of it.
 * An interaction is counted once, whatever is repeated, and on whatever node.
 */
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { GroupCommit } from '../platform/database/group-commit.js';
import { EventBus } from '../platform/events/event-bus.js';
import type { Interaction } from './interaction-input.js';
import { publishRecorded } from './interaction.events.js';
import { type Outcome, recordInteractions, toRow } from './record.queries.js';
import { Repeats } from './repeats.js';

interface Batch {
  workspaceId: string;
  interactions: readonly Interaction[];
}

@Injectable()
export class InteractionWriter {
  private readonly group = new GroupCommit<Batch, Outcome[]>({
    commit: (batches) => this.commit(batches),
    rowsOf: (batch) => batch.interactions.length,
    maxInFlight: 2,
    maxRows: 1_000,
    maxWaiting: 20_000,
  });

  constructor(
    private readonly database: Database,
    private readonly bus: EventBus,
    private readonly clock: Clock,
    private readonly repeats: Repeats,
  ) {}

  /** What became of each interaction, in their order. */
  async record(workspaceId: string, interactions: readonly Interaction[]): Promise<Outcome[]> {
    if (interactions.length === 0) return [];
    const outcomes = await this.group.submit({ workspaceId, interactions });
    const repeated = interactions.filter((_, index) => outcomes[index] === 'duplicate');
    await this.repeats.tell(repeated.map(({ id }) => ({ workspace_id: workspaceId, id })));
    return outcomes;
  }

  private async commit(batches: Batch[]): Promise<Outcome[][]> {
    const rows = batches.flatMap(({ workspaceId, interactions }) =>
      interactions.map((interaction) => toRow(workspaceId, interaction)),
    );
    const { outcomes, recorded } = await recordInteractions(this.database.pool, this.clock.date(), rows);
    await publishRecorded(this.bus, recorded);
    let start = 0;
    return batches.map(({ interactions }) => outcomes.slice(start, (start += interactions.length)));
  }
}
