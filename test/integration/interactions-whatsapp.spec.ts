import { randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import { recordInteractions } from '../../src/interactions/record.queries.js';
import type { WhatsAppWriter } from '../../src/interactions/whatsapp-writer.js';
import { type MessageRow, openConversations } from '../../src/interactions/whatsapp.queries.js';
import { Database } from '../../src/platform/database/database.js';
import { schema } from '../../src/schema.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { messages, whatsAppWriter } from '../support/whatsapp/writer.js';
import { insertWorkspace } from '../support/workspace-rows.js';

let drop: () => Promise<void>;
let database: Database;
let writer: WhatsAppWriter;
let workspaceId: string;
/** A message of a customer, who is known by the index. */
let message: ReturnType<typeof messages>;

beforeAll(async () => {
  const created = await createDatabase();
  drop = created.drop;
  database = await Database.open({ url: created.url, ...schema });
  writer = whatsAppWriter(database);
  workspaceId = (await insertWorkspace(database.pool, { teams: 1, agents: 0, conversations: 0 })).id;
  message = messages(workspaceId);
});

afterAll(async () => {
  await database.close();
  await drop();
});

/** As the writer does, in a transaction that the test ends. */
async function writeIn(client: PoolClient, row: MessageRow): Promise<string> {
  const now = new Date();
  const conversation = (await openConversations(client, now, [row])).get(0) ?? '';
  await recordInteractions(client, now, [{ ...row, conversation_id: conversation, agent_id: null }]);
  return conversation;
}

async function conversationsOf(index: Buffer): Promise<{ id: string; status: string }[]> {
  const { rows } = await database.pool.query<{ id: string; status: string }>(
    `select v.id, v.status from conversation v join contact c on c.id = v.contact_id
     where c.workspace_id = $1 and c.phone_index = $2 order by v.created_at`,
    [workspaceId, index],
  );
  return rows;
}

async function lockWaits(): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(
    `select count(*)::int as n from pg_locks join pg_stat_activity using (pid)
     where datname = current_database() and not granted`,
  );
  return rows[0].n;
}

describe('messages of WhatsApp', () => {
  it.each([
    ['new', false],
    ['known', true],
  ])('open nothing when another delivery of theirs is under way, of a %s customer', async (_, known) => {
    const index = randomBytes(32);
    const before = known ? await resolvedConversation(index) : [];
    const row = message(index);
    const client = await database.pool.connect();
    await client.query('begin');
    const conversation = await writeIn(client, row);
    const again = writer.record({ messages: [message(index, row.id)] });
    await eventually(lockWaits, (waiting) => waiting === 1);
    await client.query("update conversation set status = 'resolved' where id = $1", [conversation]);
    await client.query('commit');
    client.release();
    expect(await again).toEqual(['duplicate']);
    expect(await conversationsOf(index)).toEqual([...before, { id: conversation, status: 'resolved' }]);
  });

  it('go to a new conversation when the open one is resolved while they wait for it', async () => {
    const index = randomBytes(32);
    await writer.record({ messages: [message(index)] });
    const [open] = await conversationsOf(index);
    const client = await database.pool.connect();
    await client.query('begin');
    await client.query("update conversation set status = 'resolved' where id = $1", [open.id]);
    const next = writer.record({ messages: [message(index)] });
    await eventually(lockWaits, (waiting) => waiting === 1);
    await client.query('commit');
    client.release();
    expect(await next).toEqual(['accepted']);
    expect((await conversationsOf(index)).map(({ status }) => status)).toEqual(['resolved', 'open']);
  });

  it('find the conversation that is reopened at the same time', async () => {
    const index = randomBytes(32);
    const [resolved] = await resolvedConversation(index);
    const client = await database.pool.connect();
    await client.query('begin');
    await client.query("update conversation set status = 'open' where id = $1", [resolved.id]);
    const next = writer.record({ messages: [message(index)] });
    await eventually(lockWaits, (waiting) => waiting === 1);
    await client.query('commit');
    client.release();
    expect(await next).toEqual(['accepted']);
    expect(await conversationsOf(index)).toEqual([{ id: resolved.id, status: 'open' }]);
  });

  it('of several customers and several of one are told apart in one delivery', async () => {
    const [ana, ben] = [randomBytes(32), randomBytes(32)];
    const first = message(ana, undefined, 'Ana');
    const rows = [first, message(ben), message(ana), message(ana, first.id), message(ana, undefined, 'Ana F.')];
    expect(await writer.record({ messages: rows })).toEqual([
      'accepted',
      'accepted',
      'accepted',
      'duplicate',
      'accepted',
    ]);
    expect(await conversationsOf(ana)).toHaveLength(1);
    expect(await conversationsOf(ben)).toHaveLength(1);
    const { rows: names } = await database.pool.query('select name from contact where phone_index = $1', [ana]);
    expect(names).toEqual([{ name: 'Ana F.' }]);
    expect(await writer.record({ messages: [message(ana), ...rows] })).toEqual([
      'accepted',
      ...rows.map(() => 'duplicate'),
    ]);
  });

  async function resolvedConversation(index: Buffer): Promise<{ id: string; status: string }[]> {
    await writer.record({ messages: [message(index)] });
    const [{ id }] = await conversationsOf(index);
    await database.pool.query("update conversation set status = 'resolved' where id = $1", [id]);
    return [{ id, status: 'resolved' }];
  }
});
