import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { MusterApi } from '#client';
import { verifyChains } from '../../src/cli/audit/verify.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { Line } from '../support/whatsapp/line.js';

describe('customers known by number, by user id, or by both, on two nodes', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let line: Line;
  let users = 0;

  beforeAll(async () => {
    installation = await startNodes(2, { MUSTER_OUTGOING_LOOPBACK: 'on' });
    admin = await installation.admin();
    line = await Line.connect(admin, installation.nodes[1].url);
  });

  afterAll(async () => {
    await line.api.stop();
    await installation.stop();
  });

  const list = async (id: string) => (await admin.messages.list(id)).data;
  /** A number, a user id and a name that nobody has yet. */
  const somebody = () => ({
    phone: Line.newPhone(),
    userId: `PT.${Date.now()}${users++}`,
    name: `One ${randomUUID()}`,
  });
  const conversationsOf = async (name: string) => (await admin.conversations.list({ q: name })).data;

  it('knows a customer who wrote with a number and later without it, and the other way round, as one', async () => {
    const [phone, userId] = [Line.newPhone(), `PT.${Date.now()}1`];
    await line.writes({ phone, userId, text: 'with both' });
    const conversation = await Line.conversationOf(admin, phone);
    await line.writes({ phone: null, userId, text: 'without the number' });
    expect((await list(conversation.id)).map(({ text }) => text)).toContain('without the number');

    const hidden = `PT.${Date.now()}2`;
    const [later, name] = [Line.newPhone(), `Hidden ${randomUUID()}`];
    await line.writes({ phone: null, userId: hidden, text: 'who am I', name });
    const [unknown] = (await admin.conversations.list({ q: name })).data;
    expect(unknown?.contact.phone).toBeNull();
    const taken = line.nextTaken();
    await admin.messages.create(unknown?.id ?? '', { text: 'Hello you' });
    expect((await taken).to).toBe(hidden);
    await line.writes({ phone: later, userId: hidden, text: 'this is me', name });
    const known = await admin.conversations.get(unknown?.id ?? '');
    expect(known.contact).toMatchObject({ id: unknown?.contact.id, phone: later });
    expect(await list(known.id)).toHaveLength(3);
  });

  it('makes one customer of two that turn out to be the same, and loses nothing', async () => {
    const [phone, userId, name] = [Line.newPhone(), `PT.${Date.now()}3`, `Two ${randomUUID()}`];
    await line.writes({ phone, text: 'by number', name });
    await line.writes({ phone: null, userId, text: 'by user id', name });
    const before = (await admin.conversations.list({ q: name })).data;
    expect(new Set(before.map(({ contact }) => contact.id)).size).toBe(2);
    const bothKnown = [1, 2, 3].map((count) => line.writes({ phone, userId, text: `both ${count}`, name }));
    await Promise.all(bothKnown);
    const after = (await admin.conversations.list({ q: name })).data;
    expect(after.map(({ contact, status }) => [contact.phone, status])).toEqual([
      [phone, 'open'],
      [phone, 'open'],
    ]);
    const texts = await Promise.all(after.map(({ id }) => list(id)));
    expect(texts.flat()).toHaveLength(5);
    await line.writes({ phone: null, userId, text: 'again without', name });
    expect((await admin.conversations.list({ q: name })).data).toHaveLength(2);
  });

  it('are one from then on, and the audit log says so by ids alone', async () => {
    const [userId, phone] = ['US.20491208655302741918', Line.newPhone()];
    await line.writes({ phone: null, userId, name: 'Known Twice', text: 'Who am I' });
    const [gone] = (await admin.contacts.list({ q: 'Known Twice' })).data;
    await line.writes({ phone, name: 'Known Twice', text: 'It is me' });
    const {
      contact: { id },
    } = await Line.conversationOf(admin, phone);
    await line.writes({ phone, userId, name: 'Known Twice', text: 'With both' });
    expect((await admin.contacts.list({ q: 'Known Twice' })).data.map((one) => one.id)).toEqual([id]);
    const { data } = await admin.audit.list({ limit: 200 });
    const merges = data.filter(({ action, target }) => action === 'contact.merged' && target.id === id);
    expect(merges).toMatchObject([
      { actor: { kind: 'system' }, target: { id }, after: { contactId: gone?.id, conversations: 1 }, before: null },
    ]);
    const owner = new pg.Client({ connectionString: installation.databaseUrl });
    await owner.connect();
    expect(await verifyChains(owner, { workspace: 'default' })).toMatchObject([{ broken: null }]);
    await owner.end();
  });

  it('stay with the number they wrote from last, whatever is delivered again or late', async () => {
    const { phone: old, userId, name } = somebody();
    const [phone, at] = [Line.newPhone(), Date.now() - 600_000];
    const first = { phone: old, userId, text: 'from the old number', name, at };
    const id = await line.writes(first);
    await line.writes({ phone, userId, text: 'from the new one', name, at: at + 60_000 });
    await line.repeats(id, first);
    await line.writes({ ...first, text: 'written before, delivered late', at: at + 30_000 });
    await line.writes({ phone: null, userId, text: 'without a number', name });
    const conversation = await Line.conversationOf(admin, phone);
    const texts = (await list(conversation.id)).map(({ text }) => text);
    expect(new Set(texts)).toEqual(new Set(['from the new one', 'without a number', 'written before, delivered late']));
    expect(await conversationsOf(name)).toHaveLength(2);
  });

  it('are not who had their number before, whose message is delivered late', async () => {
    const [before, now] = [somebody(), somebody()];
    const [{ phone }, at] = [now, Date.now() - 600_000];
    await line.writes({ phone: null, userId: before.userId, name: before.name, text: 'without', at });
    await line.writes({ phone, userId: now.userId, name: now.name, text: 'my new number', at: at + 60_000 });
    await line.writes({ phone, userId: before.userId, name: before.name, text: 'late', at: at + 30_000 });
    const late = somebody();
    await line.writes({ phone, userId: late.userId, name: late.name, text: 'later still', at: at + 40_000 });
    const shown = await Promise.all(
      [before, now, late].map(async ({ name }) =>
        (await conversationsOf(name)).map((conversation) => conversation.contact.phone),
      ),
    );
    expect(shown).toEqual([[null], [phone], [null]]);
    expect(await list((await Line.conversationOf(admin, phone)).id)).toHaveLength(1);
  });

  it('show their number at once, wherever they are shown, and are another version', async () => {
    const { phone, userId, name } = somebody();
    await line.writes({ phone: null, userId, text: 'first', name });
    const [{ contact, version }] = await conversationsOf(name);
    const before = await admin.contacts.get(contact.id);
    await line.writes({ phone, userId, text: 'third', name });
    expect(await admin.contacts.get(contact.id)).toMatchObject({ phone, version: before.version + 1 });
    for (const shown of await conversationsOf(name)) {
      expect(shown.contact).toMatchObject({ id: contact.id, phone });
      expect(shown.version).toBeGreaterThan(version);
    }
  });

  it('keep the name that somebody here gave them, to whichever of the two', async () => {
    const { phone, userId, name } = somebody();
    await line.writes({ phone: null, userId, text: 'by user id', name });
    const [{ contact }] = await conversationsOf(name);
    const given = `Order ${randomUUID()}`;
    await admin.contacts.update(contact.id, { name: given });
    await line.writes({ phone, text: 'by number', name });
    await line.writes({ phone, userId, text: 'both', name });
    await line.writes({ phone, userId, text: 'once more', name });
    expect((await Line.conversationOf(admin, phone)).contact.name).toBe(given);
  });
});
