import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { ConversationView, MessageView, TeamView } from '#contracts';
import type { Fault } from '#demo';
import { sayAvailable } from '../support/availability.js';
import { eventually } from '../support/eventually.js';
import { PlainSocket } from '../support/live.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';
import { Line } from '../support/whatsapp/line.js';

const DAY_MS = 24 * 3600 * 1000;

describe('messages on two nodes', () => {
  let installation: TestInstallation;
  let database: pg.Pool;
  let admin: MusterApi;
  let team: TeamView;
  let line: Line;
  const sockets: PlainSocket[] = [];

  beforeAll(async () => {
    installation = await startNodes(2, { MUSTER_OUTGOING_LOOPBACK: 'on' });
    database = new pg.Pool({ connectionString: installation.databaseUrl, max: 2 });
    admin = await installation.admin();
    team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    line = await Line.connect(admin, installation.nodes[1].url, team.id);
  });

  afterAll(async () => {
    for (const socket of sockets) socket.close();
    await line.api.stop();
    await database.end();
    await installation.stop();
  });

  /** A customer who has just written, and the conversation. */
  async function customer(text = 'Hello'): Promise<{ phone: string; conversation: ConversationView }> {
    const phone = Line.newPhone();
    await line.writes({ phone, text });
    return { phone, conversation: await Line.conversationOf(admin, phone) };
  }

  /** An agent who is there, with the socket that makes it so. */
  async function available(rest: Partial<Parameters<typeof createAgent>[2]> = {}) {
    const agent = await createAgent(admin, team, rest);
    const api = await loginAs(installation, agent);
    const url = `${installation.nodes[1].url}/inbox`;
    const socket = await PlainSocket.connect(url, (await api.credentials.bearer()) ?? '');
    sockets.push(socket);
    await sayAvailable(admin, agent);
    return { agent, api, socket };
  }

  const list = async (id: string, api = admin) => (await api.messages.list(id)).data;
  const reach = (id: string, status: MessageView['status']) =>
    eventually(
      async () => (await list(id)).find((message) => message.direction === 'outbound'),
      (message) => message?.status === status,
      20_000,
    ) as Promise<MessageView>;

  async function counted(conversationId: string) {
    const { rows } = await database.query<{ direction: string; agent_id: string | null }>(
      'select direction, agent_id from interaction where conversation_id = $1 order by at, direction',
      [conversationId],
    );
    return rows;
  }

  it('keeps what the customer wrote, encrypted, once, and shows it on the other node', async () => {
    const { phone, conversation } = await customer('I wait for order 4711');
    expect(conversation.windowExpiresAt).not.toBeNull();
    expect(await list(conversation.id)).toEqual([
      {
        id: expect.any(String),
        conversationId: conversation.id,
        direction: 'inbound',
        agent: null,
        kind: 'text',
        text: 'I wait for order 4711',
        status: 'received',
        failure: null,
        at: conversation.lastMessageAt,
        statusAt: conversation.lastMessageAt,
      },
    ]);
    const { rows } = await database.query<{ row: string }>(
      "select row_to_json(m)::text || encode(body_cipher, 'escape') as row from message m where conversation_id = $1",
      [conversation.id],
    );
    for (const secret of ['order', phone.slice(1), 'wamid.']) expect(rows[0]?.row).not.toContain(secret);
  });

  it('sends an answer with the customer number, the token and our reference; one interaction of the agent', async () => {
    const { phone, conversation } = await customer();
    const { agent, api } = await available();
    await admin.conversations.assign(conversation.id, { agentId: agent.id });
    const taken = line.nextTaken();
    const message = await api.messages.create(conversation.id, { text: 'Good morning!' });
    expect(message).toMatchObject({ text: 'Good morning!', agent: { id: agent.id }, failure: null });
    expect(await taken).toMatchObject({ to: phone.slice(1), text: 'Good morning!', reference: `muster:${message.id}` });
    await reach(conversation.id, 'sent');
    for (const status of ['sent', 'delivered', 'read']) await line.reports(await taken, status);
    await reach(conversation.id, 'read');
    expect(await counted(conversation.id)).toEqual([
      { direction: 'inbound', agent_id: null },
      { direction: 'outbound', agent_id: agent.id },
    ]);
    expect((await admin.conversations.get(conversation.id)).waitingSince).toBeNull();
    expect(JSON.stringify(await list(conversation.id))).not.toContain('wamid');
  });

  it('ends with the same status in whatever order reports come', async () => {
    const orders = [
      ['sent', 'delivered', 'read'],
      ['read', 'delivered', 'sent'],
      ['delivered', 'failed', 'sent', 'read', 'delivered'],
    ];
    for (const order of orders) {
      const { conversation } = await customer();
      const taken = line.nextTaken();
      await admin.messages.create(conversation.id, { text: 'Here' });
      for (const status of order) await line.reports(await taken, status, [{ code: 131_026 }]);
      expect((await reach(conversation.id, 'read')).failure).toBeNull();
      expect(await counted(conversation.id)).toHaveLength(2);
    }
  });

  it('shows that a message failed after it was sent, and why', async () => {
    const { conversation } = await customer();
    const taken = line.nextTaken();
    await admin.messages.create(conversation.id, { text: 'Here' });
    await reach(conversation.id, 'sent');
    await line.reports(await taken, 'failed', [{ code: 131_026 }]);
    const failed = await reach(conversation.id, 'failed');
    expect(failed.failure).toMatchObject({ code: 'undeliverable', whatsappCode: 131_026 });
  });

  it('counts a message once when the report is faster than the answer', async () => {
    const { conversation } = await customer();
    line.api.faults.push('cut');
    const taken = line.nextTaken();
    const { id } = await admin.messages.create(conversation.id, { text: 'Are you there?' });
    const message = await taken;
    // The sender never hears the wamid: only the reference says whose message it is.
    await line.reports(message, 'delivered');
    expect((await reach(conversation.id, 'delivered')).id).toBe(id);
    expect(await counted(conversation.id)).toHaveLength(2);
    expect(line.api.taken.filter(({ text }) => text === 'Are you there?')).toHaveLength(1);
  });

  it.each<[Fault[], number]>([
    [['rate_limit'], 2],
    [['pair_rate_limit'], 2],
    [['unavailable', 'something_went_wrong'], 3],
  ])('tries again after %s, and sends once', async (faults, requests) => {
    const { conversation } = await customer();
    const before = line.api.requests;
    line.api.faults.push(...faults);
    const text = `again ${randomUUID()}`;
    await admin.messages.create(conversation.id, { text });
    await reach(conversation.id, 'sent');
    expect(line.api.requests - before).toBe(requests);
    expect(line.api.taken.filter((message) => message.text === text)).toHaveLength(1);
  });

  it.each([
    ['re_engagement', 'window_closed', 131_047],
    ['undeliverable', 'undeliverable', 131_026],
    ['token_expired', 'token_invalid', 190],
    ['invalid_parameter', 'rejected', 100],
  ] as const)('does not try again after %s, and says so', async (fault, code, whatsappCode) => {
    const { conversation } = await customer();
    const before = line.api.requests;
    line.api.faults.push(fault);
    await admin.messages.create(conversation.id, { text: 'Hello' });
    const failed = await reach(conversation.id, 'failed');
    expect(failed.failure).toEqual({ code, whatsappCode, detail: expect.any(String) });
    expect(line.api.requests - before).toBe(1);
    expect(await counted(conversation.id)).toHaveLength(1);
  });

  it('sends what is written in one conversation in that order, also past an error', async () => {
    const { conversation } = await customer();
    line.api.faults.push('unavailable');
    const texts = Array.from({ length: 8 }, (_, index) => `${conversation.id} ${index}`);
    for (const text of texts) await admin.messages.create(conversation.id, { text });
    const sent = () => line.api.taken.map(({ text }) => text).filter((text) => text.startsWith(conversation.id));
    await eventually(sent, (all) => all.length === texts.length, 20_000);
    expect(sent()).toEqual(texts);
  });

  it('does not repeat what may have been sent: nobody knows, until a report does', async () => {
    const { conversation } = await customer();
    line.api.faults.push('cut');
    const taken = line.nextTaken();
    const { id } = await admin.messages.create(conversation.id, { text: 'Only once' });
    const message = await taken;
    const claimed = () => database.query('select 1 from message where id = $1 and claimed_at is not null', [id]);
    await eventually(claimed, ({ rowCount }) => rowCount === 1);
    // As if a minute and a half went by: the next look finds no proof.
    await database.query("update message set claimed_at = claimed_at - interval '2 minutes' where id = $1", [id]);
    await database.query('update outbox set handed_at = null where key = $1 and done_at is null', [conversation.id]);
    expect((await reach(conversation.id, 'failed')).failure).toMatchObject({ code: 'outcome_unknown' });
    expect(line.api.taken.filter(({ text }) => text === 'Only once')).toHaveLength(1);
    await line.reports(message, 'sent');
    expect((await reach(conversation.id, 'sent')).failure).toBeNull();
  });

  it('lets answer who has it, or who may assign; a resolved one nobody', async () => {
    const { conversation } = await customer();
    const [{ agent, api }, other] = [await available(), await available()];
    const refusedTo = (who: MusterApi) => problemOf(who.messages.create(conversation.id, { text: 'Hi' }));
    expect(await refusedTo(api)).toMatchObject({ status: 403, permission: 'inbox.assign' });
    await api.conversations.assign(conversation.id, { agentId: agent.id });
    expect(await refusedTo(other.api)).toMatchObject({ code: 'permission_missing', permission: 'inbox.assign' });
    const reader = await loginAs(installation, await createAgent(admin, await createTeam(admin, ['inbox.read'])));
    expect(await refusedTo(reader)).toMatchObject({ code: 'permission_missing', permission: 'inbox.reply' });
    expect(await list(conversation.id, reader)).toHaveLength(1);
    expect((await api.messages.create(conversation.id, { text: 'Hi' })).failure).toBeNull();
    expect((await admin.messages.create(conversation.id, { text: 'Me too' })).failure).toBeNull();
    await admin.conversations.resolve(conversation.id);
    expect(await refusedTo(admin)).toMatchObject({ status: 409, code: 'conversation_resolved' });
    expect((await problemOf(admin.messages.list(randomUUID()))).code).toBe('not_found');
    expect((await problemOf(admin.messages.create(randomUUID(), { text: 'Hi' }))).code).toBe('not_found');
    for (const text of ['', '  ', 'x'.repeat(4_097), '\0']) {
      expect((await problemOf(admin.messages.create(conversation.id, { text }))).errors[0]?.code).toBe('text_invalid');
    }
  });

  it('refuses answers outside the 24-hour window, and opens it again with the next message', async () => {
    const phone = Line.newPhone();
    await line.writes({ phone, text: 'Hello', at: Date.now() - DAY_MS - 5_000 });
    const conversation = await Line.conversationOf(admin, phone);
    const refused = await problemOf(admin.messages.create(conversation.id, { text: 'Hi' }));
    expect(refused).toMatchObject({ status: 409, code: 'window_closed', detail: expect.stringContaining('template') });
    await line.writes({ phone, text: 'Still there?' });
    expect((await admin.messages.create(conversation.id, { text: 'Hi' })).failure).toBeNull();
    const made = await admin.conversations.create({ contact: { phone: Line.newPhone() } });
    expect((await problemOf(admin.messages.create(made.id, { text: 'Hi' }))).code).toBe('window_closed');
  });

  it('opens a new conversation when the customer writes after it was resolved', async () => {
    const { phone, conversation } = await customer();
    await admin.conversations.resolve(conversation.id);
    await line.writes({ phone, text: 'One more thing' });
    const next = await Line.conversationOf(admin, phone);
    expect(next.id).not.toBe(conversation.id);
    expect((await list(next.id)).map(({ text }) => text)).toEqual(['One more thing']);
  });

  it('says what is missing where a number can not send', async () => {
    const { conversation } = await customer();
    await admin.channels.update(line.channelId, { token: null });
    const refused = await problemOf(admin.messages.create(conversation.id, { text: 'Hi' }));
    expect(refused).toMatchObject({ status: 409, code: 'channel_missing' });
    const mended = await admin.channels.update(line.channelId, { token: line.api.token });
    expect(mended.hasToken).toBe(true);
    expect((await admin.messages.create(conversation.id, { text: 'Hi' })).failure).toBeNull();
  });

  it.each(['http://graph.facebook.com', 'https://10.0.0.1', 'https://169.254.169.254', 'https://[::ffff:10.0.0.1]'])(
    'takes no channel that would call %s',
    async (apiBaseUrl) => {
      const request = { name: 'Line', phoneNumberId: '1234567890', apiBaseUrl };
      expect((await problemOf(admin.channels.create(request))).errors[0]?.code).toBe('api_base_url_invalid');
      const changed = admin.channels.update(line.channelId, { apiBaseUrl });
      expect((await problemOf(changed)).errors[0]?.code).toBe('api_base_url_invalid');
    },
  );

  it('sends a token only to where it was given for, and asks nobody who may see no numbers where to send them', async () => {
    const apiBaseUrl = 'https://elsewhere.example.com';
    const moved = await problemOf(admin.channels.update(line.channelId, { apiBaseUrl }));
    expect(moved.errors[0]).toMatchObject({ pointer: '/token', code: 'token_required' });
    const masked = await createAgent(admin, await createTeam(admin, ['settings.manage']), { hidePhone: true });
    const api = await loginAs(installation, masked);
    const asked = [
      api.channels.update(line.channelId, { apiBaseUrl, token: 'mine' }),
      api.channels.create({ name: 'Mine', phoneNumberId: '999999999', apiBaseUrl }),
    ];
    for (const call of asked) expect((await problemOf(call)).code).toBe('phone_hidden');
  });

  it('tells who has the conversation of each message and what becomes of it, masked for who may see no numbers', async () => {
    const { agent, api, socket } = await available({ hidePhone: true });
    const { phone, conversation } = await customer();
    await admin.conversations.assign(conversation.id, { agentId: agent.id });
    const [created, updated] = [
      socket.next<MessageView>('message.created'),
      socket.next<ConversationView>('conversation.updated'),
    ];
    await line.writes({ phone, text: `My number is ${phone}`, at: Date.now() + 2_000 });
    expect(await created).toMatchObject({ direction: 'inbound', text: 'My number is ••••••' });
    expect((await updated).lastMessageAt).not.toBeNull();
    const told: MessageView[] = [];
    for (const event of ['message.created', 'message.updated']) {
      socket.socket.on(event, (message: MessageView) => told.push(message));
    }
    const { id } = await api.messages.create(conversation.id, { text: 'Thank you' });
    await eventually(
      () => told.filter((message) => message.id === id),
      (views) => views.some(({ status }) => status === 'sent'),
    );
    const digits = phone.slice(4);
    for (const shown of [await list(conversation.id, api), told]) expect(JSON.stringify(shown)).not.toContain(digits);
  });

  it('pages', async () => {
    const { phone, conversation } = await customer('0');
    for (const text of ['1', '2', '3', '4']) await line.writes({ phone, text });
    const first = await admin.messages.list(conversation.id, { limit: 3 });
    const rest = await admin.messages.list(conversation.id, { limit: 3, cursor: first.page.next ?? '' });
    expect(new Set([...first.data, ...rest.data].map(({ text }) => text))).toEqual(new Set(['0', '1', '2', '3', '4']));
    expect([first.page.hasMore, rest.page.hasMore]).toEqual([true, false]);
  });
});
