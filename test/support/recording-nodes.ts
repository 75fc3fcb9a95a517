/** Two nodes that record interactions, what they told of, and what conversations must show of it. */
import { randomUUID } from 'node:crypto';
import type { Direction } from '#contracts';
import { schema } from '../../src/schema.js';
import type { Increment } from '../../src/interactions/interaction.events.js';
import type { Interaction } from '../../src/interactions/interaction-input.js';
import { InteractionWriter } from '../../src/interactions/interaction-writer.js';
import { Repeats } from '../../src/interactions/repeats.js';
import { Clock } from '../../src/platform/clock.js';
import { Database } from '../../src/platform/database/database.js';
import { EventBus } from '../../src/platform/events/event-bus.js';
import { createDatabase } from './database.js';

/** One node's writer, and what it told of. */
interface RecordingNode {
  database: Database;
  writer: InteractionWriter;
  increments: Increment[];
  states: { id: string; version: number; waitingSince: number | null }[];
}

export interface RecordingNodes {
  nodes: [RecordingNode, RecordingNode];
  pool: Database['pool'];
  stop: () => Promise<void>;
}

export interface ConversationRow {
  id: string;
  last_inbound_at: Date | null;
  last_outbound_at: Date | null;
  waiting_since: Date | null;
  version: number;
}

export const NOW = Date.now();

/** On one database of their own. */
export async function startRecordingNodes(): Promise<RecordingNodes> {
  const created = await createDatabase();
  const nodes: [RecordingNode, RecordingNode] = [await startNode(created.url), await startNode(created.url)];
  const stop = async () => {
    await Promise.all(nodes.map(({ database }) => database.close()));
    await created.drop();
  };
  return { nodes, pool: nodes[0].database.pool, stop };
}

async function startNode(url: string): Promise<RecordingNode> {
  const database = await Database.open({ url, ...schema });
  const [bus, clock] = [new EventBus(), new Clock()];
  const writer = new InteractionWriter(database, bus, clock, new Repeats(database, bus, clock));
  const node: RecordingNode = { database, writer, increments: [], states: [] };
  bus.on('interactions.recorded', ({ increments }) => void node.increments.push(...increments));
  bus.on('conversation.changed', ({ conversations }) => void node.states.push(...conversations));
  return node;
}

export function interaction(rest: Partial<Interaction> & Pick<Interaction, 'conversationId'>): Interaction {
  return { index: 0, id: randomUUID(), agentId: null, direction: 'inbound', at: NOW, ...rest };
}

export async function conversationRow(pool: Database['pool'], id: string): Promise<ConversationRow> {
  const { rows } = await pool.query<ConversationRow>('select * from conversation where id = $1', [id]);
  return rows[0];
}

/** What a conversation must show of all that was recorded of it. */
export function edgesOf(all: { direction: Direction; at: number }[]) {
  const times = (direction: Direction) => all.filter((one) => one.direction === direction).map((one) => one.at);
  const answered = times('outbound').toSorted((a, b) => b - a)[0] ?? null;
  const unanswered = times('inbound').filter((at) => answered === null || at > answered);
  return {
    inbound: times('inbound').toSorted((a, b) => b - a)[0] ?? null,
    outbound: answered,
    waiting: unanswered.toSorted((a, b) => a - b)[0] ?? null,
  };
}

export function edgesIn(row: ConversationRow) {
  const ms = (date: Date | null) => date?.getTime() ?? null;
  return { inbound: ms(row.last_inbound_at), outbound: ms(row.last_outbound_at), waiting: ms(row.waiting_since) };
}
