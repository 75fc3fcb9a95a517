import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import type { WhatsAppWriter } from '../../src/interactions/whatsapp-writer.js';
import { Database } from '../../src/platform/database/database.js';
import { schema } from '../../src/schema.js';
import { createDatabase, createEmptyDatabase } from '../support/database.js';
import { messagesOf, whatsAppWriter } from '../support/whatsapp/writer.js';
import { insertWorkspace } from '../support/workspace-rows.js';

const MINUTE_MS = 60_000;

describe('user ids of customers from before it was known when they were said', () => {
  let created: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let workspaceId: string;
  const [number, user] = [randomBytes(32), randomBytes(32)];

  beforeAll(async () => {
    created = await createEmptyDatabase();
    const dated = schema.migrations.findIndex(({ name }) => name.includes('CustomerIdentity'));
    await (await Database.open({ url: created.url, ...schema, migrations: schema.migrations.slice(0, dated) })).close();
    const pool = new pg.Pool({ connectionString: created.url });
    workspaceId = (await insertWorkspace(pool, { teams: 1, agents: 0, conversations: 0 })).id;
    await pool.query(
      `insert into contact
         (id, workspace_id, phone_index, phone_cipher, user_index, user_cipher, created_at, updated_at)
       values ($1, $2, $3, '\\x01', $4, '\\x01', $5, now())`,
      [randomUUID(), workspaceId, number, user, new Date(Date.now() - MINUTE_MS)],
    );
    await pool.end();
  });

  afterAll(() => created.drop());

  it('stay with the number they have when a message with one of before is delivered late', async () => {
    const database = await Database.open({ url: created.url, ...schema });
    const message = messagesOf(workspaceId, user)(randomBytes(32), 0);
    const writer = whatsAppWriter(database);
    expect(await writer.record({ messages: [message] })).toEqual(['accepted']);
    const { rows } = await database.pool.query(
      'select c.phone_index, c.user_index from conversation v join contact c on c.id = v.contact_id',
    );
    expect(rows).toEqual([{ phone_index: number, user_index: user }]);
    await database.close();
  });
});

describe('messages that are written together', () => {
  let created: Awaited<ReturnType<typeof createDatabase>>;
  let database: Database;
  let writer: WhatsAppWriter;
  let workspaceId: string;

  beforeAll(async () => {
    created = await createDatabase();
    database = await Database.open({ url: created.url, ...schema });
    writer = whatsAppWriter(database);
    workspaceId = (await insertWorkspace(database.pool, { teams: 1, agents: 0, conversations: 0 })).id;
  });

  afterAll(async () => {
    await database.close();
    await created.drop();
  });

  it('delivered again together with new ones say no more than they did', async () => {
    const [old, now, user] = [randomBytes(32), randomBytes(32), randomBytes(32)];
    const said = messagesOf(workspaceId, user);
    const first = said(old, 1);
    await writer.record({ messages: [first] });
    await writer.record({ messages: [said(now, 2)] });
    await writer.record({ messages: [first, said(old, 1), said(user, 4)] });
    const { rows } = await database.pool.query('select phone_index from contact where user_index = $1', [user]);
    expect(rows).toEqual([{ phone_index: now }]);
    expect(await countOf(now)).toBe(3);
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
    await writer.record({ messages: [messagesOf(workspaceId, owner)(number, 5)] });
    if (whose === 'theirs') await writer.record({ messages: [messagesOf(workspaceId, user)(newer, 1)] });
    if (whose === "another's") await writer.record({ messages: [messagesOf(workspaceId, third)(newer, 5)] });
    const said = messagesOf(workspaceId, user);
    await writer.record({ messages: [said(number, 2), said(newer, 3), said(user, 4)] });
    const own = whose === "another's" ? user : newer;
    expect(await usersOf(number)).toEqual([owner]);
    expect(await usersOf(own)).toEqual([user]);
    expect([await countOf(number), await countOf(own)]).toEqual([1, whose === 'theirs' ? 4 : 3]);
  });

  it('say when the user id came with its number, and not when it came alone', async () => {
    const [first, next, user] = [randomBytes(32), randomBytes(32), randomBytes(32)];
    const said = messagesOf(workspaceId, user);
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
});
