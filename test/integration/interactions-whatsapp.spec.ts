import { randomBytes, randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { AuditService } from '../../src/audit/audit.service.js';
import { DeliveryParticipants } from '../../src/interactions/delivery.participants.js';
import { recordInteractions } from '../../src/interactions/record.queries.js';
import { Repeats } from '../../src/interactions/repeats.js';
import { WhatsAppWriter } from '../../src/interactions/whatsapp-writer.js';
import { type MessageRow, openConversations } from '../../src/interactions/whatsapp.queries.js';
import { Clock } from '../../src/platform/clock.js';
import { Database } from '../../src/platform/database/database.js';
import { EventBus } from '../../src/platform/events/event-bus.js';
import { schema } from '../../src/schema.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { insertWorkspace } from '../support/workspace-rows.js';

const START = Date.now() - 600_000;
let drop: () => Promise<void>;
let database: Database;
let writer: WhatsAppWriter;
let workspaceId: string;

beforeAll(async () => {
  const created = await createDatabase();
  drop = created.drop;
  database = await Database.open({ url: created.url, ...schema });
  const [bus, clock] = [new EventBus(), new Clock()];
  writer = new WhatsAppWriter(
    database,
    bus,
    clock,
    new DeliveryParticipants(),
    new AuditService(clock),
    new Repeats(database, bus, clock),
  );
  workspaceId = (await insertWorkspace(database.pool, { teams: 1, agents: 0, conversations: 0 })).id;
});

afterAll(async () => {
  await database.close();
  await drop();
});

/** A message of a customer, who is known by the index. */
function message(index: Buffer, id: string = randomUUID(), name: string | null = null): MessageRow {
  return {
    workspace_id: workspaceId,
    id,
    direction: 'inbound',
    at: new Date().toISOString(),
    phone_index: `\\x${index.toString('hex')}`,
    phone_cipher: null,
    user_index: null,
    user_cipher: null,
    name,
    contact_id: randomUUID(),
    conversation_id: randomUUID(),
    team_id: null,
    content: null,
  };
}

/** Messages of a user, by their minute: with a number, or by the user id alone. */
function saying(user: Buffer) {
  return (index: Buffer, minute: number): MessageRow => ({
    ...message(index),
    at: new Date(START + minute * 60_000).toISOString(),
    phone_cipher: index === user ? null : '\\x01',
    user_index: `\\x${user.toString('hex')}`,
    user_cipher: '\\x01',
  });
}

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

  it('delivered again together with new ones say no more than they did', async () => {
    const [old, now, user] = [randomBytes(32), randomBytes(32), randomBytes(32)];
    const said = saying(user);
    const first = said(old, 1);
    await writer.record({ messages: [first] });
    await writer.record({ messages: [said(now, 2)] });
    await writer.record({ messages: [first, said(old, 1), said(user, 4)] });
    const { rows } = await database.pool.query('select phone_index from contact where user_index = $1', [user]);
    expect(rows).toEqual([{ phone_index: now }]);
    expect(await conversationsOf(now)).toHaveLength(1);
    await writer.record({ messages: [said(user, 6), said(old, 5)] });
    const moved = await database.pool.query('select phone_index from contact where user_index = $1', [user]);
    expect(moved.rows).toEqual([{ phone_index: old }]);
  });

  it.each([
    ['new', 'nobody'],
    ['known', 'theirs'],
    ['new, too', "another's"],
  ])("of a number that is another user's by now are not theirs, with a newer number that is %s", async (_, whose) => {
    const [number, newer, owner, user, third] = Array.from({ length: 5 }, () => randomBytes(32));
    await writer.record({ messages: [saying(owner)(number, 5)] });
    if (whose === 'theirs') await writer.record({ messages: [saying(user)(newer, 1)] });
    if (whose === "another's") await writer.record({ messages: [saying(third)(newer, 5)] });
    const said = saying(user);
    await writer.record({ messages: [said(number, 2), said(newer, 3), said(user, 4)] });
    const own = whose === "another's" ? user : newer;
    expect(await usersOf(number)).toEqual([owner]);
    expect(await usersOf(own)).toEqual([user]);
    expect([await countOf(number), await countOf(own)]).toEqual([1, whose === 'theirs' ? 4 : 3]);
  });

  it('say when the user id came with its number, and not when it came alone', async () => {
    const [first, next, user] = [randomBytes(32), randomBytes(32), randomBytes(32)];
    const said = saying(user);
    await writer.record({ messages: [said(first, 1), said(user, 3)] });
    await writer.record({ messages: [said(next, 2)] });
    expect([await usersOf(first), await usersOf(next)]).toEqual([[null], [user]]);
  });

  async function usersOf(index: Buffer): Promise<(Buffer | null)[]> {
    const { rows } = await database.pool.query<{ user_index: Buffer | null }>(
      'select user_index from contact where phone_index = $1',
      [index],
    );
    return rows.map(({ user_index }) => user_index);
  }

  /** How many messages were recorded of a customer. */
  async function countOf(index: Buffer): Promise<number> {
    const { rows } = await database.pool.query<{ n: number }>(
      `select count(*)::int as n from interaction i join conversation v on v.id = i.conversation_id
       join contact c on c.id = v.contact_id where c.phone_index = $1`,
      [index],
    );
    return rows[0].n;
  }

  async function resolvedConversation(index: Buffer): Promise<{ id: string; status: string }[]> {
    await writer.record({ messages: [message(index)] });
    const [{ id }] = await conversationsOf(index);
    await database.pool.query("update conversation set status = 'resolved' where id = $1", [id]);
    return [{ id, status: 'resolved' }];
  }
});
