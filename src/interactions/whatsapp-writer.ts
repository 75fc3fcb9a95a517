/**
 * Writes messages of WhatsApp, which name a customer and not a conversation.
 *
 * Guaranteed: when `record` resolves, the messages are committed with their customers and conversations, and
 * everybody who listens knows. A message that is delivered again opens nothing, also after its conversation was
 * resolved: whether it is known, what is open and what is recorded belong to one transaction that holds the
 * customer. Two deliveries of a customer's first messages open one conversation.
 */
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { GroupCommit } from '../platform/database/group-commit.js';
import { EventBus } from '../platform/events/event-bus.js';
import { publishRecorded, type Recorded } from './interaction.events.js';
import { type Outcome, recordInteractions } from './record.queries.js';
import { type MessageRow, openConversations } from './whatsapp.queries.js';

const NOTHING: Recorded = { xid: '', increments: [], conversations: [] };

@Injectable()
export class WhatsAppWriter {
  private readonly group = new GroupCommit<MessageRow[], Outcome[]>({
    commit: (deliveries) => this.commit(deliveries),
    rowsOf: (delivery) => delivery.length,
    maxInFlight: 2,
    maxRows: 500,
    maxWaiting: 10_000,
  });

  constructor(
    private readonly database: Database,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  /** What became of each message, in their order. */
  async record(messages: MessageRow[]): Promise<Outcome[]> {
    return messages.length === 0 ? [] : this.group.submit(messages);
  }

  private async commit(deliveries: MessageRow[][]): Promise<Outcome[][]> {
    const rows = deliveries.flat();
    const { outcomes, recorded } = await this.inTransaction((client) => this.write(client, rows));
    await publishRecorded(this.bus, recorded);
    let start = 0;
    return deliveries.map((delivery) => outcomes.slice(start, (start += delivery.length)));
  }

  private async write(client: PoolClient, rows: MessageRow[]): Promise<{ outcomes: Outcome[]; recorded: Recorded }> {
    const now = this.clock.date();
    const conversations = await openConversations(client, now, rows);
    const unknown = [...conversations].map(([position, conversation_id]) => {
      const { workspace_id, id, direction, at } = rows[position];
      return { workspace_id, id, direction, at, conversation_id, agent_id: null };
    });
    if (unknown.length === 0) return { outcomes: rows.map(() => 'duplicate'), recorded: NOTHING };
    const { outcomes: counted, recorded } = await recordInteractions(client, now, unknown);
    const outcomes: Outcome[] = rows.map(() => 'duplicate');
    [...conversations.keys()].forEach((position, index) => (outcomes[position] = counted[index]));
    return { outcomes, recorded };
  }

  private async inTransaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.database.pool.connect();
    let failure: Error | undefined;
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((lost: Error) => (failure = lost));
      throw error;
    } finally {
      client.release(failure);
    }
  }
}
