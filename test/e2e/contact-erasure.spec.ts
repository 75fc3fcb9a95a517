import pg from 'pg';
import type { MusterApi } from '#client';
import type { ContactDetails, Permission } from '#contracts';
import { eventually } from '../support/eventually.js';
import { PlainSocket } from '../support/live.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';
import { Line } from '../support/whatsapp/line.js';

const ALL: Permission[] = ['contacts.read', 'contacts.edit', 'contacts.export', 'contacts.reveal-phone', 'inbox.read'];
const REASON = 'The customer asked to be called back';

describe('erasing a customer, on two nodes', () => {
  let installation: TestInstallation;
  let database: pg.Pool;
  let admin: MusterApi;
  let other: MusterApi;
  let line: Line;

  beforeAll(async () => {
    installation = await startNodes(2, { MUSTER_OUTGOING_LOOPBACK: 'on' });
    database = new pg.Pool({ connectionString: installation.databaseUrl, max: 2 });
    admin = await installation.admin();
    other = await installation.admin(installation.nodes[1]);
    line = await Line.connect(admin, installation.nodes[1].url);
  });

  afterAll(async () => {
    await line.api.stop();
    await database.end();
    await installation.stop();
  });

  async function caller(permissions: Permission[], rest: Parameters<typeof createAgent>[2] = {}) {
    const agent = await createAgent(admin, await createTeam(admin, permissions), rest);
    return { agent, api: await loginAs(installation, agent) };
  }

  /** A customer who has just written. */
  async function customer(name = 'Ana Figueira', text = 'Hello', phone = Line.newPhone()) {
    await line.writes({ phone, name, text });
    const conversation = await Line.conversationOf(admin, phone);
    return { phone, conversation, id: conversation.contact.id };
  }

  const countsOf = async (contactId: string) => {
    const { rows } = await database.query<Record<string, number>>(
      `select count(*)::int as conversations,
         (select count(*)::int from interaction i join conversation v on v.id = i.conversation_id where v.contact_id = $1) as interactions,
         (select count(*)::int from message m join conversation v on v.id = m.conversation_id where v.contact_id = $1) as messages
       from conversation where contact_id = $1`,
      [contactId],
    );
    return rows[0];
  };

  const leftOf = async (contactId: string): Promise<string> => {
    const { rows } = await database.query<{ text: string }>(
      `select row_to_json(c)::text as text from contact c where id = $1
       union all select row_to_json(v)::text from conversation v where contact_id = $1
       union all select row_to_json(m)::text from message m join conversation v on v.id = m.conversation_id where v.contact_id = $1`,
      [contactId],
    );
    return rows.map(({ text }) => text).join('\n');
  };

  it('takes name, number, hashes, ids and every word away, keeps what was counted, and does it once', async () => {
    const { id, phone, conversation } = await customer('Erasable Person', 'My card is blue');
    await line.writes({ phone, name: 'Erasable Person', text: 'And my dog is red' });
    const before = await countsOf(id);
    expect(before).toEqual({ conversations: 1, interactions: 2, messages: 2 });
    const hashes = await database.query<{ hash: string }>(
      `select encode(phone_index, 'hex') as hash from contact where id = $1
       union all select encode(wamid_index, 'hex') from message where conversation_id = $2`,
      [id, conversation.id],
    );
    expect(hashes.rows).toHaveLength(3);
    const erased = await other.contacts.erase(id);
    expect(erased).toMatchObject({ id, name: null, phone: null, erased: { conversations: 1, messages: 2 } });
    expect(erased.erasedAt).not.toBeNull();
    expect(await countsOf(id)).toEqual(before);
    const left = await leftOf(id);
    for (const { hash } of hashes.rows) expect(left).not.toContain(hash);
    expect(left).not.toMatch(/Erasable|body_cipher":"|phone_cipher":"|user_cipher":"|user_index":"|wamid_index":"/);
    expect((await admin.messages.list(conversation.id)).data.map(({ text }) => text)).toEqual([null, null]);
    expect(await admin.conversations.get(conversation.id)).toMatchObject({
      status: 'resolved',
      contact: { name: null },
    });
    expect((await admin.contacts.list({ q: phone })).data).toEqual([]);
    const again = await admin.contacts.erase(id);
    expect(again).toEqual({ ...erased, erased: { conversations: 0, messages: 0 } });
    const { data } = await admin.audit.list({ limit: 200 });
    const entries = data.filter(({ action, target }) => action === 'contact.erased' && target.id === id);
    expect(entries).toMatchObject([{ before: null, after: { conversations: 1, messages: 2 }, reason: null }]);
  });

  it('stays so: late reports and repeated deliveries bring nobody back, who writes again is somebody new', async () => {
    const phone = Line.newPhone();
    const wamid = await line.writes({ phone, name: 'Bring Back', text: 'Hello' });
    const conversation = await Line.conversationOf(admin, phone);
    const taken = line.nextTaken();
    await admin.messages.create(conversation.id, { text: 'Good day' });
    const sent = await taken;
    await eventually(
      async () => (await admin.messages.list(conversation.id)).data[0]?.status,
      (status) => status === 'sent',
      20_000,
    );
    const before = await countsOf(conversation.contact.id);
    await admin.contacts.erase(conversation.contact.id);
    await line.reports(sent, 'delivered');
    await line.reports({ ...sent, reference: '' }, 'read');
    await line.repeats(wamid, { phone, name: 'Bring Back', text: 'Hello' });
    expect((await admin.contacts.list({ q: phone })).data).toEqual([]);
    expect((await admin.contacts.list({ q: 'Bring Back' })).data).toEqual([]);
    expect(await countsOf(conversation.contact.id)).toEqual(before);
    expect(await leftOf(conversation.contact.id)).not.toMatch(/wamid_index":"/);
    await line.writes({ phone, name: 'Somebody New', text: 'Hello?' });
    const [newcomer] = (await admin.contacts.list({ q: phone })).data as [ContactDetails];
    expect(newcomer).toMatchObject({ name: 'Somebody New', phone });
    expect(newcomer.id).not.toBe(conversation.contact.id);
    expect(await countsOf(conversation.contact.id)).toEqual(before);
  });

  it('leaves nothing to reopen, answer, name or reveal, nor answers kept for a repeated request', async () => {
    const key = 'the-key-of-a-conversation';
    const body = { contact: { phone: Line.newPhone(), name: 'Kept Answer' }, externalId: 'crm-5511' };
    const { id, contact } = await admin.conversations.create(body, { idempotencyKey: key });
    const { api } = await caller(ALL);
    await admin.contacts.erase(contact.id);
    expect((await problemOf(admin.conversations.create(body, { idempotencyKey: key }))).code).toBe(
      'idempotency_answer_gone',
    );
    expect((await problemOf(admin.conversations.reopen(id))).code).toBe('contact_erased');
    expect((await problemOf(admin.messages.create(id, { text: 'Hello' }))).code).toBe('conversation_resolved');
    expect((await problemOf(admin.contacts.update(contact.id, { name: 'Back' }))).code).toBe('contact_erased');
    expect((await problemOf(api.contacts.reveal(contact.id, { reason: REASON }))).code).toBe('contact_erased');
    expect((await admin.conversations.get(id)).externalId).toBeNull();
  });

  it('is told to open inboxes also when the answers kept for running requests can not be forgotten at once', async () => {
    const { agent, api } = await caller(['inbox.read', 'inbox.reply']);
    const token = (await api.credentials.bearer()) ?? '';
    const inbox = await PlainSocket.connect(`${installation.nodes[1].url}/inbox`, token);
    const shown: unknown[] = [];
    inbox.socket.onAny((_event, body) => void shown.push(body));
    await inbox.ask('presence.set', { availability: 'available' });
    const { id, conversation } = await customer('Still Shown');
    await admin.conversations.assign(conversation.id, { agentId: agent.id });
    await database.query(
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'not now'; end $$;
       create trigger refuse before update of is_forgotten on idempotency_key execute function refuse()`,
    );
    expect((await problemOf(admin.contacts.erase(id))).status).toBe(500);
    await database.query('drop function refuse cascade');
    await eventually(
      () => shown,
      (bodies) => bodies.some((body) => JSON.stringify(body).includes('"name":null')),
    );
    inbox.close();
    expect((await admin.contacts.erase(id)).erasedAt).not.toBeNull();
  });

  it('asks for settings.manage beside contacts.edit, and honours If-Match', async () => {
    const { id } = await customer();
    const { api } = await caller(ALL);
    expect(await problemOf(api.contacts.erase(id))).toMatchObject({
      code: 'permission_missing',
      permission: 'settings.manage',
    });
    expect((await problemOf(admin.contacts.erase(id, { ifMatch: 9 }))).code).toBe('stale_version');
    expect((await admin.contacts.get(id)).erasedAt).toBeNull();
  });

  it('races with what the customer writes: every message is of who was erased and says nothing, or of somebody new', async () => {
    for (let round = 0; round < 8; round++) {
      const { id, phone } = await customer('Racing Customer', 'First');
      const writes = [1, 2, 3].map((n) => line.writes({ phone, name: 'Racing Customer', text: `Next ${n}` }));
      await Promise.all([...writes, admin.contacts.erase(id)]);
      expect(await leftOf(id)).not.toMatch(/Racing|body_cipher":"|phone_cipher":"|wamid_index":"/);
      const newcomers = (await admin.contacts.list({ q: phone })).data;
      expect(newcomers.length).toBeLessThanOrEqual(1);
      const counts = await Promise.all([id, ...newcomers.map((one) => one.id)].map(countsOf));
      expect(counts.reduce((sum, { messages }) => sum + messages, 0)).toBe(4);
      expect(counts.reduce((sum, { interactions }) => sum + interactions, 0)).toBe(4);
    }
  });
});
