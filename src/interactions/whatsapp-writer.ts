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
import { AuditService } from '../audit/audit.service.js';
import { toMergeRecord } from '../conversations/contact-merge.queries.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { GroupCommit } from '../platform/database/group-commit.js';
import { violates } from '../platform/errors/to-problem.js';
import { EventBus } from '../platform/events/event-bus.js';
import { identifyCustomers } from './customer-identity.queries.js';
import {
  DeliveryParticipants,
  type OwnMessage,
  type ReceivedRow,
  type ReportRow,
  type Told,
} from './delivery.participants.js';
import { publishRecorded, type Recorded } from './interaction.events.js';
import { type Outcome, recordInteractions, type RecordRow } from './record.queries.js';
import { Repeats } from './repeats.js';
import { type MessageRow, openConversations } from './whatsapp.queries.js';

/** What a delivery holds. */
export interface DeliveryRows {
  messages: MessageRow[];
  reports?: ReportRow[];
}

interface Written {
  outcomes: Outcome[];
  recorded: Recorded;
  told: Told[];
}

const NOTHING: Recorded = { xid: '', increments: [], conversations: [] };

@Injectable()
export class WhatsAppWriter {
  private readonly group = new GroupCommit<DeliveryRows, Outcome[]>({
    commit: (deliveries) => this.commit(deliveries),
    rowsOf: ({ messages, reports = [] }) => messages.length + reports.length,
    maxInFlight: 2,
    maxRows: 500,
    maxWaiting: 10_000,
  });

  constructor(
    private readonly database: Database,
    private readonly bus: EventBus,
    private readonly clock: Clock,
    private readonly participants: DeliveryParticipants,
    private readonly audit: AuditService,
    private readonly repeats: Repeats,
  ) {}

  /** What became of each message, in their order. */
  async record(delivery: DeliveryRows): Promise<Outcome[]> {
    const { messages, reports = [] } = delivery;
    if (messages.length + reports.length === 0) return [];
    const outcomes = await this.group.submit(delivery);
    await this.repeats.tell(messages.filter((_, index) => outcomes[index] === 'duplicate'));
    return outcomes;
  }

  private async commit(deliveries: DeliveryRows[]): Promise<Outcome[][]> {
    const messages = deliveries.flatMap((delivery) => delivery.messages);
    const reports = deliveries.flatMap((delivery) => delivery.reports ?? []);
    const { outcomes, recorded, told } = await this.inTransaction((client) => this.write(client, messages, reports));
    await publishRecorded(this.bus, recorded);
    await Promise.all(told.map((tell) => tell()));
    let start = 0;
    return deliveries.map((delivery) => outcomes.slice(start, (start += delivery.messages.length)));
  }

  private async write(client: PoolClient, messages: MessageRow[], reports: ReportRow[]): Promise<Written> {
    const now = this.clock.date();
    const { own, told } = await this.participants.reported(client, now, reports);
    const { rows, moved, merges } = await identifyCustomers(client, now, messages);
    await this.audit.recordIn(client, merges.map(toMergeRecord));
    const unknown = await findConversations(client, now, rows, own);
    const outcomes: Outcome[] = rows.map(() => 'duplicate');
    if (unknown.size === 0) return { outcomes, recorded: { ...NOTHING, conversations: moved }, told };
    const { outcomes: counted, recorded } = await recordInteractions(client, now, [...unknown.values()]);
    [...unknown.keys()].forEach((position, index) => (outcomes[position] = counted[index]));
    const received = receivedOf(rows, unknown, outcomes);
    told.push(...(await this.participants.received(client, now, received)));
    return { outcomes, recorded: { ...recorded, conversations: [...moved, ...recorded.conversations] }, told };
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
      // Two deliveries at once told of the same customer for the first time: once more, and it is known.
      if (violates(error, 'contact_user')) Object.assign(error as Error, { code: '40001' });
      await client.query('rollback').catch((lost: Error) => (failure = lost));
      throw error;
    } finally {
      client.release(failure);
    }
  }
}

/** What to record, by position: messages sent from here in theirs, others that are not known yet in the customer's. */
async function findConversations(
  client: PoolClient,
  now: Date,
  rows: MessageRow[],
  own: OwnMessage[],
): Promise<Map<number, RecordRow>> {
  const ownOf = new Map(own.map((message) => [`${message.workspaceId} ${message.id}`, message]));
  const mine = rows.map((row) => (row.content ? undefined : ownOf.get(`${row.workspace_id} ${row.id}`)));
  const others = [...rows.keys()].filter((position) => !mine[position]);
  const opened = await openConversations(
    client,
    now,
    others.map((position) => rows[position]),
  );
  const conversations = new Map([...opened].map(([index, conversation]) => [others[index], conversation]));
  const unknown = new Map<number, RecordRow>();
  rows.forEach(({ workspace_id, id, direction, at }, position) => {
    const conversation_id = mine[position]?.conversationId ?? conversations.get(position);
    const agent_id = mine[position]?.agentId ?? null;
    if (conversation_id) unknown.set(position, { workspace_id, id, direction, at, conversation_id, agent_id });
  });
  return unknown;
}

/** What was recorded for the first time and says something. */
function receivedOf(rows: MessageRow[], recorded: Map<number, RecordRow>, outcomes: Outcome[]): ReceivedRow[] {
  return [...recorded].flatMap(([position, { conversation_id }]) => {
    const { content, direction, at, workspace_id } = rows[position];
    if (!content || outcomes[position] !== 'accepted') return [];
    return [{ ...content, workspace_id, conversation_id, direction, at }];
  });
}
