import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView, ChatwootAccountWithPath, ConversationView, TeamView } from '#contracts';
import {
  type ChatwootVersion,
  type Conversation,
  conversationEvent,
  type Message,
  messageEvent,
  signed,
  type User,
  VERSIONS,
} from '../support/chatwoot/deliveries.js';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

const SECRET = 'a-secret-that-chatwoot-made';

describe('beside Chatwoot, on two nodes', () => {
  let installation: TestInstallation;
  let database: pg.Pool;
  let admin: MusterApi;
  let team: TeamView;
  let account: ChatwootAccountWithPath;
  let numbers = 0;

  beforeAll(async () => {
    installation = await startNodes(2);
    database = new pg.Pool({ connectionString: installation.databaseUrl, max: 2 });
    admin = await installation.admin();
    team = await createTeam(admin, ['inbox.read', 'inbox.reply'], { capacity: 1 });
    account = await admin.chatwootAccounts.create({
      name: 'Support',
      accountId: 1,
      teamId: team.id,
      secrets: [SECRET],
    });
  });

  afterAll(async () => {
    await database.end();
    await installation.stop();
  });

  const url = (node = 0) => installation.nodes[node].url;
  const next = () => ++numbers;

  function post(body: string, headers: Record<string, string>, path = account.path, node = 0): Promise<Response> {
    return fetch(url(node) + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  }

  /** Delivers as Chatwoot does, and expects success. */
  async function deliver(event: Record<string, unknown>, node = 0): Promise<void> {
    const body = JSON.stringify(event);
    const answer = await post(body, signed(body, SECRET, installation.clock.now()), account.path.split('?')[0], node);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  }

  /** A conversation of a customer of its own. */
  function somebody(): Conversation & { id: number } {
    const id = next();
    return { id, customer: { id: 1_000 + id, name: 'Rui Costa', phone_number: `+3519${String(10_000_000 + id)}` } };
  }

  async function find(id: number, api = admin): Promise<ConversationView | undefined> {
    const { data } = await api.conversations.list({ limit: 200 });
    return data.find(({ externalId }) => externalId === `chatwoot:1:${id}`);
  }

  async function makeUser(): Promise<{ agent: AgentView; user: User }> {
    const agent = await createAgent(admin, team);
    return { agent, user: { id: 100 + next(), name: agent.name, email: agent.email } };
  }

  /** A user whose agent was named. */
  async function makeNamed(): Promise<{ agent: AgentView; user: User }> {
    const made = await makeUser();
    await admin.chatwootAccounts.update(account.id, { users: [{ userId: made.user.id, email: made.user.email }] });
    return made;
  }

  async function stored(conversationId: string) {
    const { rows } = await database.query<{ direction: string; agent_id: string | null }>(
      'select direction, agent_id from interaction where conversation_id = $1 order by at, id',
      [conversationId],
    );
    return rows;
  }

  async function lockWaits(): Promise<number> {
    const { rows } = await database.query<{ n: number }>(
      `select count(*)::int as n from pg_locks join pg_stat_activity using (pid)
       where datname = current_database() and not granted`,
    );
    return rows[0].n;
  }

  const update = (conversation: Conversation, version: ChatwootVersion = '4.13') =>
    conversationEvent(version, 'conversation_updated', { changedAt: installation.clock.now(), ...conversation });
  const message = (told: Omit<Message, 'id'>, conversation: Conversation, version: ChatwootVersion = '4.13') =>
    messageEvent(
      version,
      { id: next(), at: installation.clock.now(), ...told },
      { changedAt: installation.clock.now(), ...conversation },
    );

  describe.each(VERSIONS)('follows Chatwoot %s', (version) => {
    it('from the first message over assignment and answer to its end, and again', async () => {
      const conversation = somebody();
      const { agent, user } = await makeNamed();
      await deliver(conversationEvent(version, 'conversation_created', conversation));
      await deliver(message({}, conversation, version));
      const opened = await find(conversation.id);
      expect(opened).toMatchObject({
        status: 'open',
        team: { id: team.id },
        assignee: null,
        contact: { name: 'Rui Costa', phone: conversation.customer.phone_number },
        waitingSince: expect.any(String),
      });
      const start = installation.clock.now();
      await deliver(update({ ...conversation, assignee: user, changedAt: start + 1_000 }, version));
      expect((await find(conversation.id))?.assignee?.id).toBe(agent.id);
      const assigned = { ...conversation, assignee: user, changedAt: start + 2_000 };
      await deliver(message({ type: 'outgoing', user }, assigned, version), 1);
      expect((await find(conversation.id))?.waitingSince).toBeNull();
      const end = { ...assigned, status: 'resolved' as const, changedAt: start + 3_000 };
      await deliver(conversationEvent(version, 'conversation_status_changed', end), 1);
      expect(await find(conversation.id)).toMatchObject({ status: 'resolved', assignee: { id: agent.id } });
      await deliver(message({}, { ...conversation, changedAt: start + 4_000 }, version));
      expect(await find(conversation.id)).toMatchObject({ id: opened?.id, status: 'open', assignee: null });
      expect((await stored(opened?.id ?? '')).map(({ direction }) => direction).sort()).toEqual([
        'inbound',
        'inbound',
        'outbound',
      ]);
    });
  });

  it('knows who answered by the e-mail, and gives them what they have there as soon as it does', async () => {
    const conversation = somebody();
    const { agent, user } = await makeUser();
    await deliver(update({ ...conversation, assignee: user }));
    expect((await find(conversation.id))?.assignee).toBeNull();
    await deliver(message({ type: 'outgoing', user }, { ...conversation, assignee: user }));
    const followed = await find(conversation.id);
    expect(followed?.assignee?.id).toBe(agent.id);
    expect(await stored(followed?.id ?? '')).toEqual([{ direction: 'outbound', agent_id: agent.id }]);
    const { data } = await admin.chatwootAccounts.list();
    expect(data[0]?.users).toContainEqual({ userId: user.id, agent: { id: agent.id, name: agent.name } });
  });

  it("counts a stranger's answer for the team and for no agent", async () => {
    const conversation = somebody();
    const { user } = await makeNamed();
    await deliver(update({ ...conversation, assignee: user }));
    const stranger = { id: 9_999, name: 'Partner', email: 'partner@example.org' };
    await deliver(message({ type: 'outgoing', user: stranger }, { ...conversation, assignee: user }));
    const followed = await find(conversation.id);
    expect(await stored(followed?.id ?? '')).toEqual([{ direction: 'outbound', agent_id: null }]);
  });

  it('gives more than the capacity, for that is how it is there, but nothing to who may not answer', async () => {
    const { agent, user } = await makeNamed();
    const [first, second, third] = [somebody(), somebody(), somebody()];
    await deliver(update({ ...first, assignee: user }));
    await deliver(update({ ...second, assignee: user }));
    expect((await admin.agents.get(agent.id)).load).toMatchObject({ open: 2, capacity: 1 });
    await admin.agents.update(agent.id, { status: 'inactive' });
    expect((await find(first.id))?.assignee).toBeNull();
    await deliver(update({ ...third, assignee: user }));
    await deliver(update({ ...first, assignee: user }));
    expect([(await find(third.id))?.assignee, (await find(first.id))?.assignee]).toEqual([null, null]);
  });

  it('keeps what was decided here until somebody decides otherwise there', async () => {
    const conversation = somebody();
    const { user } = await makeNamed();
    const other = await makeNamed();
    await deliver(update({ ...conversation, assignee: user }));
    const { id } = (await find(conversation.id)) ?? { id: '' };
    await admin.conversations.unassign(id);
    await deliver(update({ ...conversation, assignee: user }));
    expect((await find(conversation.id))?.assignee).toBeNull();
    await deliver(update({ ...conversation, assignee: other.user }));
    expect((await find(conversation.id))?.assignee?.id).toBe(other.agent.id);
    await deliver(update({ ...conversation, assignee: null }));
    expect((await find(conversation.id))?.assignee).toBeNull();
  });

  it('ends the same in any order and however often, and counts each message once', async () => {
    const conversation = somebody();
    const { agent, user } = await makeNamed();
    const start = installation.clock.now() - 60_000;
    const at = (seconds: number, rest: Partial<Conversation> = {}) =>
      ({ ...conversation, changedAt: start + seconds * 1_000, ...rest }) as Conversation;
    const events = [
      conversationEvent('4.13', 'conversation_created', at(0)),
      messageEvent('4.13', { id: next(), at: start }, at(1)),
      conversationEvent('4.13', 'conversation_updated', at(2, { assignee: user })),
      messageEvent('4.13', { id: next(), type: 'outgoing', user, at: start + 3_000 }, at(3, { assignee: user })),
      conversationEvent('4.13', 'conversation_status_changed', at(4, { assignee: user, status: 'resolved' })),
      conversationEvent('4.13', 'conversation_status_changed', at(5, { assignee: user })),
    ];
    const shuffled = [5, 3, 0, 4, 1, 2, 1, 3, 5, 0, 2, 4].map((index) => events[index]);
    for (const event of shuffled.slice(0, 2)) await deliver(event);
    await Promise.all(shuffled.slice(2).map((event, index) => deliver(event, index % 2)));
    const followed = await find(conversation.id);
    expect(followed).toMatchObject({ status: 'open', assignee: { id: agent.id }, waitingSince: null });
    expect((await stored(followed?.id ?? '')).map(({ direction }) => direction)).toEqual(['inbound', 'outbound']);
  });

  it('opens one conversation for what comes at the same time', async () => {
    const conversation = somebody();
    const events = Array.from({ length: 12 }, () => message({}, conversation));
    await Promise.all(events.map((event, index) => deliver(event, index % 2)));
    const { rows } = await database.query('select id from conversation where external_id = $1', [
      `chatwoot:1:${conversation.id}`,
    ]);
    expect(rows).toHaveLength(1);
    expect(await stored((rows as { id: string }[])[0]?.id ?? '')).toHaveLength(12);
  });

  it('knows a customer without a number, and by the number as soon as there is one', async () => {
    const { id, customer } = somebody();
    await deliver(update({ id, customer: { ...customer, phone_number: null } }));
    const before = await find(id);
    expect(before?.contact).toMatchObject({ phone: null, name: 'Rui Costa' });
    const other = next();
    await deliver(update({ id: other, customer: { ...customer, phone_number: null } }));
    expect((await find(other))?.contact.id).toBe(before?.contact.id);
    const at = installation.clock.now();
    await deliver(update({ id, customer, changedAt: at }));
    for (const conversation of [id, other]) {
      expect((await find(conversation))?.contact).toMatchObject({
        id: before?.contact.id,
        phone: customer.phone_number,
      });
    }
    await deliver(update({ id, customer: { ...customer, phone_number: null }, changedAt: at - 5_000 }));
    await deliver(update({ id, customer: { ...customer, phone_number: null }, changedAt: at + 1_000 }));
    expect((await find(id))?.contact).toMatchObject({ id: before?.contact.id, phone: customer.phone_number });
  });

  it('keeps the number that one delivery tells while another without it is under way', async () => {
    const { id, customer } = somebody();
    customer.name = `Rui ${id}`;
    const numberless = { id, customer: { ...customer, phone_number: null } };
    await deliver(update(numberless));
    const before = await find(id);
    const at = installation.clock.now();
    const client = await database.connect();
    await client.query('begin');
    await client.query('select 1 from conversation where id = $1 for update', [before?.id]);
    const told = deliver(update({ id, customer, changedAt: at + 1_000 }));
    await eventually(lockWaits, (waiting) => waiting === 1);
    const later = deliver(update({ ...numberless, changedAt: at + 2_000 }), 1);
    await eventually(lockWaits, (waiting) => waiting === 2);
    await client.query('commit');
    client.release();
    await Promise.all([told, later]);
    expect((await find(id))?.contact).toMatchObject({ id: before?.contact.id, phone: customer.phone_number });
    expect((await admin.contacts.list({ q: customer.name })).data.map((each) => each.id)).toEqual([before?.contact.id]);
  });

  it('makes one customer of one without a number and one who wrote with it', async () => {
    const [known, { id, customer }] = [somebody(), somebody()];
    customer.name = `Rui ${id}`;
    await deliver(update({ ...known, customer: { ...known.customer, phone_number: customer.phone_number } }));
    const stays = (await find(known.id))?.contact.id;
    await deliver(update({ id, customer: { ...customer, phone_number: null } }));
    const other = next();
    await deliver(update({ id: other, customer: { ...customer, phone_number: null } }));
    const gone = (await find(id))?.contact.id;
    expect(gone).not.toBe(stays);
    await Promise.all([0, 1, 0, 1].map((node) => deliver(update({ id, customer }), node)));
    for (const each of [known.id, id, other]) expect((await find(each))?.contact.id).toBe(stays);
    expect((await problemOf(admin.contacts.get(gone ?? ''))).code).toBe('not_found');
    const { data } = await admin.audit.list({ limit: 200 });
    const merges = data.filter(({ action, target }) => action === 'contact.merged' && target.id === stays);
    expect(merges).toMatchObject([{ actor: { kind: 'system' }, after: { contactId: gone, conversations: 2 } }]);
  });

  it('does not rename whom somebody here named, and knows nothing of whom somebody here erased', async () => {
    const conversation = somebody();
    await deliver(update(conversation));
    const { id, contact } = (await find(conversation.id)) ?? { id: '', contact: { id: '' } };
    await admin.contacts.update(contact.id, { name: 'Mr Costa' });
    await deliver(update(conversation));
    expect((await find(conversation.id))?.contact.name).toBe('Mr Costa');
    await admin.contacts.erase(contact.id);
    await deliver(update(conversation));
    const anew = await find(conversation.id);
    expect(anew?.contact).toMatchObject({ name: 'Rui Costa', phone: conversation.customer.phone_number });
    expect([anew?.id === id, anew?.contact.id === contact.id]).toEqual([false, false]);
  });

  it('hides numbers, also in names and external ids, from who may not see them, and stores none', async () => {
    const conversation = somebody();
    const phone = conversation.customer.phone_number ?? '';
    conversation.customer.name = phone;
    await deliver(message({}, conversation));
    const hidden = await createAgent(admin, team, { hidePhone: true });
    const api = await loginAs(installation, hidden);
    const { data } = await api.conversations.list({ limit: 200 });
    expect(JSON.stringify(data)).not.toContain(phone.slice(4));
    const { rows } = await database.query('select row_to_json(c)::text from chatwoot_conversation c');
    expect(JSON.stringify(rows)).not.toContain(phone.slice(4));
  });

  it('tells other systems and the audit log of what it took over', async () => {
    const conversation = somebody();
    const { agent, user } = await makeNamed();
    await deliver(update({ ...conversation, assignee: user }));
    await deliver(update({ ...conversation, assignee: user, status: 'resolved' }));
    const { id } = (await find(conversation.id)) ?? { id: '' };
    const { data } = await admin.audit.list({ targetId: id });
    expect(data.map(({ action, actor, reason, after }) => [action, actor.kind, reason, after])).toEqual([
      ['conversation.resolved', 'system', 'In Chatwoot', null],
      ['conversation.assigned', 'system', 'In Chatwoot', { assigneeId: agent.id }],
    ]);
  });
});
