/** The process of an `Inserter`. */
import { randomInt, randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Direction } from '#contracts';
import { recordInteractions } from '../../../src/interactions/record.queries.js';
import { answerCalls } from '../../support/processes/answer.js';
import { currentUsage, spentBetween } from '../support/usage.js';
import { BARE_SQL } from './bare.js';
import type { InsertPlan, InsertResult, Way } from './ways.js';

interface Row {
  id: string;
  conversation: InsertPlan['conversations'][number];
  direction: Direction;
  at: string;
}

const prefix = `wamid.${randomUUID()}`;
let made = 0;

const insert: Record<Way, (client: pg.Client, workspaceId: string, rows: Row[]) => Promise<unknown>> = {
  bare: (client, workspaceId, rows) =>
    client.query({
      name: 'bare',
      text: BARE_SQL,
      values: [
        workspaceId,
        new Date(),
        rows.map(({ id }) => id),
        rows.map(({ conversation }) => conversation.id),
        rows.map(({ conversation }) => conversation.agentId),
        rows.map(({ conversation }) => conversation.teamId),
        rows.map(({ direction }) => direction),
        rows.map(({ at }) => at),
      ],
    }),
  statement: async (client, workspaceId, rows) => {
    const { outcomes } = await recordInteractions(
      client,
      new Date(),
      rows.map(({ id, conversation, direction, at }) => ({
        workspace_id: workspaceId,
        id,
        conversation_id: conversation.id,
        agent_id: null,
        direction,
        at,
      })),
    );
    if (outcomes.some((outcome) => outcome !== 'accepted')) throw new Error('something was not accepted');
  },
};

async function run(argument: unknown): Promise<InsertResult> {
  const plan = argument as InsertPlan;
  const clients = await Promise.all(Array.from({ length: plan.connections }, () => connect(plan.databaseUrl)));
  const before = currentUsage();
  const start = performance.now();
  const end = start + plan.seconds * 1000;
  const counts = await Promise.all(clients.map((client) => keepInserting(client, plan, end)));
  const elapsedMs = performance.now() - start;
  const spent = spentBetween(before, currentUsage());
  await Promise.all(clients.map((client) => client.end()));
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return { rows, perSecond: (rows / elapsedMs) * 1000, spent };
}

async function keepInserting(client: pg.Client, plan: InsertPlan, end: number): Promise<number> {
  let count = 0;
  while (performance.now() < end) {
    const at = new Date().toISOString();
    const rows = Array.from({ length: plan.rows }, () => makeRow(plan, at));
    await insert[plan.way](client, plan.workspaceId, rows);
    count += rows.length;
  }
  return count;
}

function makeRow({ conversations }: InsertPlan, at: string): Row {
  const conversation = conversations[randomInt(conversations.length)];
  if (!conversation) throw new Error('there are no conversations');
  const direction = made % 2 === 0 ? 'inbound' : 'outbound';
  return { id: `${prefix}.${made++}`, conversation, direction, at };
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  return client;
}

answerCalls({ run }, async () => undefined);
