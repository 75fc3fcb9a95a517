import { type Conversation, conversationEvent, messageEvent, VERSIONS } from '../support/chatwoot/deliveries.js';
import { ChatwootSite } from '../support/chatwoot/site.js';
import { eventually } from '../support/eventually.js';
import { createAgent, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

describe('beside Chatwoot, on two nodes', () => {
  const site = new ChatwootSite();

  beforeAll(() => site.start());
  afterAll(() => site.stop());

  async function stored(conversationId: string) {
    const { rows } = await site.database.query<{ direction: string; agent_id: string | null }>(
      'select direction, agent_id from interaction where conversation_id = $1 order by at, id',
      [conversationId],
    );
    return rows;
  }

  async function lockWaits(): Promise<number> {
    const { rows } = await site.database.query<{ n: number }>(
      `select count(*)::int as n from pg_locks join pg_stat_activity using (pid)
       where datname = current_database() and not granted`,
    );
    return rows[0].n;
  }

  describe.each(VERSIONS)('follows Chatwoot %s', (version) => {
    it('from the first message over assignment and answer to its end, and again', async () => {
      const conversation = site.somebody();
      const { agent, user } = await site.makeNamed();
      await site.deliver(conversationEvent(version, 'conversation_created', conversation));
      await site.deliver(site.message({}, conversation, version));
      const opened = await site.find(conversation.id);
      expect(opened).toMatchObject({
        status: 'open',
        team: { id: site.team.id },
        assignee: null,
        contact: { name: 'Rui Costa', phone: conversation.customer.phone_number },
        waitingSince: expect.any(String),
      });
      const start = site.now();
      await site.deliver(site.update({ ...conversation, assignee: user, changedAt: start + 1_000 }, version));
      expect((await site.find(conversation.id))?.assignee?.id).toBe(agent.id);
      const assigned = { ...conversation, assignee: user, changedAt: start + 2_000 };
      await site.deliver(site.message({ type: 'outgoing', user }, assigned, version), 1);
      expect((await site.find(conversation.id))?.waitingSince).toBeNull();
      const end = { ...assigned, status: 'resolved' as const, changedAt: start + 3_000 };
      await site.deliver(conversationEvent(version, 'conversation_status_changed', end), 1);
      expect(await site.find(conversation.id)).toMatchObject({ status: 'resolved', assignee: { id: agent.id } });
      await site.deliver(site.message({}, { ...conversation, changedAt: start + 4_000 }, version));
      expect(await site.find(conversation.id)).toMatchObject({ id: opened?.id, status: 'open', assignee: null });
      expect((await stored(opened?.id ?? '')).map(({ direction }) => direction).sort()).toEqual([
        'inbound',
        'inbound',
        'outbound',
      ]);
    });
  });

  it('knows who answered by the e-mail, and gives them what they have there as soon as it does', async () => {
    const conversation = site.somebody();
    const { agent, user } = await site.makeUser();
    await site.deliver(site.update({ ...conversation, assignee: user }));
    expect((await site.find(conversation.id))?.assignee).toBeNull();
    await site.deliver(site.message({ type: 'outgoing', user }, { ...conversation, assignee: user }));
    const followed = await site.find(conversation.id);
    expect(followed?.assignee?.id).toBe(agent.id);
    expect(await stored(followed?.id ?? '')).toEqual([{ direction: 'outbound', agent_id: agent.id }]);
    const { data } = await site.admin.chatwootAccounts.list();
    expect(data[0]?.users).toContainEqual({ userId: user.id, agent: { id: agent.id, name: agent.name } });
  });

  it("counts a stranger's answer for the team and for no agent", async () => {
    const conversation = site.somebody();
    const { user } = await site.makeNamed();
    await site.deliver(site.update({ ...conversation, assignee: user }));
    const stranger = { id: 9_999, name: 'Partner', email: 'partner@example.org' };
    await site.deliver(site.message({ type: 'outgoing', user: stranger }, { ...conversation, assignee: user }));
    const followed = await site.find(conversation.id);
    expect(await stored(followed?.id ?? '')).toEqual([{ direction: 'outbound', agent_id: null }]);
  });

  it('gives more than the capacity, for that is how it is there, but nothing to who may not answer', async () => {
    const { agent, user } = await site.makeNamed();
    const [first, second, third] = [site.somebody(), site.somebody(), site.somebody()];
    await site.deliver(site.update({ ...first, assignee: user }));
    await site.deliver(site.update({ ...second, assignee: user }));
    expect((await site.admin.agents.get(agent.id)).load).toMatchObject({ open: 2, capacity: 1 });
    await site.admin.agents.update(agent.id, { status: 'inactive' });
    expect((await site.find(first.id))?.assignee).toBeNull();
    await site.deliver(site.update({ ...third, assignee: user }));
    await site.deliver(site.update({ ...first, assignee: user }));
    expect([(await site.find(third.id))?.assignee, (await site.find(first.id))?.assignee]).toEqual([null, null]);
  });

  it('keeps what was decided here until somebody decides otherwise there', async () => {
    const conversation = site.somebody();
    const { user } = await site.makeNamed();
    const other = await site.makeNamed();
    await site.deliver(site.update({ ...conversation, assignee: user }));
    const { id } = (await site.find(conversation.id)) ?? { id: '' };
    await site.admin.conversations.unassign(id);
    await site.deliver(site.update({ ...conversation, assignee: user }));
    expect((await site.find(conversation.id))?.assignee).toBeNull();
    await site.deliver(site.update({ ...conversation, assignee: other.user }));
    expect((await site.find(conversation.id))?.assignee?.id).toBe(other.agent.id);
    await site.deliver(site.update({ ...conversation, assignee: null }));
    expect((await site.find(conversation.id))?.assignee).toBeNull();
  });

  it('ends the same in any order and however often, and counts each message once', async () => {
    const conversation = site.somebody();
    const { agent, user } = await site.makeNamed();
    const start = site.now() - 60_000;
    const at = (seconds: number, rest: Partial<Conversation> = {}) =>
      ({ ...conversation, changedAt: start + seconds * 1_000, ...rest }) as Conversation;
    const events = [
      conversationEvent('4.13', 'conversation_created', at(0)),
      messageEvent('4.13', { id: site.next(), at: start }, at(1)),
      conversationEvent('4.13', 'conversation_updated', at(2, { assignee: user })),
      messageEvent('4.13', { id: site.next(), type: 'outgoing', user, at: start + 3_000 }, at(3, { assignee: user })),
      conversationEvent('4.13', 'conversation_status_changed', at(4, { assignee: user, status: 'resolved' })),
      conversationEvent('4.13', 'conversation_status_changed', at(5, { assignee: user })),
    ];
    const shuffled = [5, 3, 0, 4, 1, 2, 1, 3, 5, 0, 2, 4].map((index) => events[index]);
    for (const event of shuffled.slice(0, 2)) await site.deliver(event);
    await Promise.all(shuffled.slice(2).map((event, index) => site.deliver(event, index % 2)));
    const followed = await site.find(conversation.id);
    expect(followed).toMatchObject({ status: 'open', assignee: { id: agent.id }, waitingSince: null });
    expect((await stored(followed?.id ?? '')).map(({ direction }) => direction)).toEqual(['inbound', 'outbound']);
  });

  it('opens one conversation for what comes at the same time', async () => {
    const conversation = site.somebody();
    const events = Array.from({ length: 12 }, () => site.message({}, conversation));
    await Promise.all(events.map((event, index) => site.deliver(event, index % 2)));
    const { rows } = await site.database.query('select id from conversation where external_id = $1', [
      `chatwoot:1:${conversation.id}`,
    ]);
    expect(rows).toHaveLength(1);
    expect(await stored((rows as { id: string }[])[0]?.id ?? '')).toHaveLength(12);
  });

  it('knows a customer without a number, and by the number as soon as there is one', async () => {
    const { id, customer } = site.somebody();
    await site.deliver(site.update({ id, customer: { ...customer, phone_number: null } }));
    const before = await site.find(id);
    expect(before?.contact).toMatchObject({ phone: null, name: 'Rui Costa' });
    const other = site.next();
    await site.deliver(site.update({ id: other, customer: { ...customer, phone_number: null } }));
    expect((await site.find(other))?.contact.id).toBe(before?.contact.id);
    const at = site.now();
    await site.deliver(site.update({ id, customer, changedAt: at }));
    for (const conversation of [id, other]) {
      expect((await site.find(conversation))?.contact).toMatchObject({
        id: before?.contact.id,
        phone: customer.phone_number,
      });
    }
    await site.deliver(site.update({ id, customer: { ...customer, phone_number: null }, changedAt: at - 5_000 }));
    await site.deliver(site.update({ id, customer: { ...customer, phone_number: null }, changedAt: at + 1_000 }));
    expect((await site.find(id))?.contact).toMatchObject({ id: before?.contact.id, phone: customer.phone_number });
  });

  it('keeps the number that one delivery tells while another without it is under way', async () => {
    const { id, customer } = site.somebody();
    customer.name = `Rui ${id}`;
    const numberless = { id, customer: { ...customer, phone_number: null } };
    await site.deliver(site.update(numberless));
    const before = await site.find(id);
    const at = site.now();
    const client = await site.database.connect();
    await client.query('begin');
    await client.query('select 1 from conversation where id = $1 for update', [before?.id]);
    const told = site.deliver(site.update({ id, customer, changedAt: at + 1_000 }));
    await eventually(lockWaits, (waiting) => waiting === 1);
    const later = site.deliver(site.update({ ...numberless, changedAt: at + 2_000 }), 1);
    await eventually(lockWaits, (waiting) => waiting === 2);
    await client.query('commit');
    client.release();
    await Promise.all([told, later]);
    expect((await site.find(id))?.contact).toMatchObject({ id: before?.contact.id, phone: customer.phone_number });
    expect((await site.admin.contacts.list({ q: customer.name })).data.map((each) => each.id)).toEqual([
      before?.contact.id,
    ]);
  });

  it('makes one customer of one without a number and one who wrote with it', async () => {
    const [known, { id, customer }] = [site.somebody(), site.somebody()];
    customer.name = `Rui ${id}`;
    await site.deliver(site.update({ ...known, customer: { ...known.customer, phone_number: customer.phone_number } }));
    const stays = (await site.find(known.id))?.contact.id;
    await site.deliver(site.update({ id, customer: { ...customer, phone_number: null } }));
    const other = site.next();
    await site.deliver(site.update({ id: other, customer: { ...customer, phone_number: null } }));
    const gone = (await site.find(id))?.contact.id;
    expect(gone).not.toBe(stays);
    await Promise.all([0, 1, 0, 1].map((node) => site.deliver(site.update({ id, customer }), node)));
    for (const each of [known.id, id, other]) expect((await site.find(each))?.contact.id).toBe(stays);
    expect((await problemOf(site.admin.contacts.get(gone ?? ''))).code).toBe('not_found');
    const { data } = await site.admin.audit.list({ limit: 200 });
    const merges = data.filter(({ action, target }) => action === 'contact.merged' && target.id === stays);
    expect(merges).toMatchObject([{ actor: { kind: 'system' }, after: { contactId: gone, conversations: 2 } }]);
  });

  it('does not rename whom somebody here named, and knows nothing of whom somebody here erased', async () => {
    const conversation = site.somebody();
    await site.deliver(site.update(conversation));
    const { id, contact } = (await site.find(conversation.id)) ?? { id: '', contact: { id: '' } };
    await site.admin.contacts.update(contact.id, { name: 'Mr Costa' });
    await site.deliver(site.update(conversation));
    expect((await site.find(conversation.id))?.contact.name).toBe('Mr Costa');
    await site.admin.contacts.erase(contact.id);
    await site.deliver(site.update(conversation));
    const anew = await site.find(conversation.id);
    expect(anew?.contact).toMatchObject({ name: 'Rui Costa', phone: conversation.customer.phone_number });
    expect([anew?.id === id, anew?.contact.id === contact.id]).toEqual([false, false]);
  });

  it('hides numbers, also in names and external ids, from who may not see them, and stores none', async () => {
    const conversation = site.somebody();
    const phone = conversation.customer.phone_number ?? '';
    conversation.customer.name = phone;
    await site.deliver(site.message({}, conversation));
    const hidden = await createAgent(site.admin, site.team, { hidePhone: true });
    const api = await loginAs(site.installation, hidden);
    const { data } = await api.conversations.list({ limit: 200 });
    expect(JSON.stringify(data)).not.toContain(phone.slice(4));
    const { rows } = await site.database.query('select row_to_json(c)::text from chatwoot_conversation c');
    expect(JSON.stringify(rows)).not.toContain(phone.slice(4));
  });

  it('tells other systems and the audit log of what it took over', async () => {
    const conversation = site.somebody();
    const { agent, user } = await site.makeNamed();
    await site.deliver(site.update({ ...conversation, assignee: user }));
    await site.deliver(site.update({ ...conversation, assignee: user, status: 'resolved' }));
    const { id } = (await site.find(conversation.id)) ?? { id: '' };
    const { data } = await site.admin.audit.list({ targetId: id });
    expect(data.map(({ action, actor, reason, after }) => [action, actor.kind, reason, after])).toEqual([
      ['conversation.resolved', 'system', 'In Chatwoot', null],
      ['conversation.assigned', 'system', 'In Chatwoot', { assigneeId: agent.id }],
    ]);
  });
});
