import { createHmac } from 'node:crypto';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { ConversationView, Problem } from '#contracts';
import { startNodes, type TestInstallation, VERIFY_TOKEN } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { deliver, signatureOf } from '../support/whatsapp/deliveries.js';
import { freshDelivery } from '../support/whatsapp/recorded.js';

const LINE = '106540352242922';

describe('the WhatsApp webhook on two nodes', () => {
  let installation: TestInstallation;
  let database: pg.Pool;
  let admin: MusterApi;
  let customers = 0;

  beforeAll(async () => {
    installation = await startNodes(2);
    database = new pg.Pool({ connectionString: installation.databaseUrl, max: 2 });
    admin = await installation.admin();
  });

  afterAll(async () => {
    await database.end();
    await installation.stop();
  });

  const url = (node = 0) => installation.nodes[node].url;

  /** A delivery from a customer of its own. */
  function fromSomebody(name: string, now = Date.now()): { body: string; phone: string } {
    const waId = `3519${String(10_000_000 + customers++)}`;
    const body = freshDelivery(name, now).replaceAll('351912345678', waId);
    return { body: body.replaceAll('PT.13491208655302741918', `PT.${waId}`), phone: `+${waId}` };
  }

  async function conversationsOf(phone: string, api = admin): Promise<ConversationView[]> {
    const { data } = await api.conversations.list({ limit: 200 });
    return data.filter((conversation) => conversation.contact.phone === phone);
  }

  async function stored(conversationId: string): Promise<{ direction: string; agent_id: string | null }[]> {
    const { rows } = await database.query<{ direction: string; agent_id: string | null }>(
      'select direction, agent_id from interaction where conversation_id = $1 order by at',
      [conversationId],
    );
    return rows;
  }

  async function countRows(): Promise<number[]> {
    const { rows } = await database.query<{ n: number }>(
      `select count(*)::int as n from interaction_key union all select count(*)::int from contact
       union all select count(*)::int from conversation`,
    );
    return rows.map(({ n }) => n);
  }

  describe('verification', () => {
    const verify = (query: string) => fetch(`${url()}/api/v1/webhooks/whatsapp?${query}`);

    it('answers the challenge as text', async () => {
      const answer = await verify(`hub.mode=subscribe&hub.verify_token=${VERIFY_TOKEN}&hub.challenge=1158201444`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
      expect(await answer.text()).toBe('1158201444');
    });

    it.each([
      ['hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1', 403, 'verify_token_invalid'],
      ['hub.mode=subscribe&hub.challenge=1', 403, 'verify_token_invalid'],
      [
        `hub.mode=subscribe&hub.verify_token=${VERIFY_TOKEN}&hub.verify_token=x&hub.challenge=1`,
        403,
        'verify_token_invalid',
      ],
      [`hub.mode=unsubscribe&hub.verify_token=${VERIFY_TOKEN}&hub.challenge=1`, 400, 'bad_request'],
      [`hub.mode=subscribe&hub.verify_token=${VERIFY_TOKEN}`, 400, 'bad_request'],
      [`hub.mode=subscribe&hub.verify_token=${VERIFY_TOKEN}&hub.challenge=<script>`, 400, 'bad_request'],
    ])('refuses %s', async (query, status, code) => {
      const answer = await verify(query);
      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject({ code });
    });
  });

  describe('signatures', () => {
    it('refuses whatever is not signed over its raw bytes, and stores nothing', async () => {
      const { body } = fromSomebody('text');
      const before = await countRows();
      const sha1 = `sha1=${createHmac('sha1', 'the-app-secret-of-the-tests').update(body).digest('hex')}`;
      const compact = JSON.stringify(JSON.parse(body));
      const wrong: Record<string, string>[] = [
        { 'x-hub-signature-256': '' },
        { 'x-hub-signature-256': sha1 },
        { 'x-hub-signature-256': '', 'x-hub-signature': sha1 },
        { 'x-hub-signature-256': signatureOf(body, 'another secret') },
        { 'x-hub-signature-256': signatureOf(compact) },
        { 'x-hub-signature-256': signatureOf(body).slice(0, -1) },
      ];
      for (const headers of wrong) {
        const answer = await deliver(url(), body, headers);
        expect(answer.status).toBe(401);
        expect(await answer.json()).toMatchObject({ code: 'signature_invalid' });
      }
      expect(await countRows()).toEqual(before);
      expect((await deliver(url(), body)).status).toBe(200);
    });

    it('refuses everything where no app secret is configured', async () => {
      const unconfigured = await startNodes(1, { MUSTER_WHATSAPP_APP_SECRET: '' });
      const answer = await deliver(unconfigured.node.url, fromSomebody('text').body, {
        'x-hub-signature-256': signatureOf(fromSomebody('text').body, ''),
      });
      expect(answer.status).toBe(401);
      await unconfigured.stop();
    });

    it.each([
      ['{"object":', 400, 'bad_json'],
      ['[]', 422, 'validation_failed'],
      ['{"object":"whatsapp_business_account"}', 422, 'validation_failed'],
      [`{"entry":[],"padding":"${'x'.repeat(3 * 1024 * 1024)}"}`, 413, 'payload_too_large'],
    ])('says what is wrong with a body that is none (%#)', async (body, status, code) => {
      const answer = await deliver(url(), body);
      expect(answer.status).toBe(status);
      expect(((await answer.json()) as Problem).code).toBe(code);
    });

    it('takes other products and fields without doing anything', async () => {
      const before = await countRows();
      for (const body of [
        '{"object":"instagram","entry":[{"id":"1","messaging":[]}]}',
        '{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"account_update","value":{}}]}]}',
      ]) {
        expect((await deliver(url(), body)).status).toBe(200);
      }
      expect(await countRows()).toEqual(before);
    });
  });

  describe('messages', () => {
    it('opens a conversation that shows on the other node, with the number only for those who may see it', async () => {
      const { body, phone } = fromSomebody('text');
      expect((await deliver(url(0), body)).status).toBe(200);
      const other = await installation.admin(installation.nodes[1]);
      const [conversation] = await conversationsOf(phone, other);
      expect(conversation).toMatchObject({
        status: 'open',
        assignee: null,
        team: null,
        contact: { name: 'Ana Figueira', phone, masked: false },
      });
      const at = conversation.waitingSince!;
      expect(conversation).toMatchObject({ lastMessageAt: at });
      expect(Date.parse(conversation.windowExpiresAt!)).toBe(Date.parse(at) + 24 * 3600 * 1000);

      const team = await createTeam(admin, ['inbox.read']);
      const masked = await loginAs(installation, await createAgent(admin, team, { hidePhone: true }));
      const seen = await masked.conversations.get(conversation.id);
      expect(seen.contact).toEqual({
        id: conversation.contact.id,
        name: 'Ana Figueira',
        phone: `+351••••••${phone.slice(-2)}`,
        masked: true,
      });
    });

    it('counts a message once, delivered again and again on both nodes', async () => {
      const { body, phone } = fromSomebody('media');
      const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => deliver(url(n % 2), body)));
      expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
      const conversations = await conversationsOf(phone);
      expect(conversations).toHaveLength(1);
      const inbound = { direction: 'inbound', agent_id: null };
      expect(await stored(conversations[0].id)).toEqual(Array.from({ length: 5 }, () => inbound));
    });

    it('opens one conversation for first messages that come at once in deliveries of their own', async () => {
      const first = fromSomebody('text');
      const bodies = Array.from({ length: 20 }, (_, n) => first.body.replace(/"(wamid\.[^"]+)"/, `"$1-${n}"`));
      await Promise.all(bodies.map((body, n) => deliver(url(n % 2), body)));
      const conversations = await conversationsOf(first.phone);
      expect(conversations).toHaveLength(1);
      expect(await stored(conversations[0].id)).toHaveLength(20);
    });

    it('opens nothing for a message that is known, also after its conversation was resolved', async () => {
      const { body, phone } = fromSomebody('text');
      await deliver(url(0), body);
      const [conversation] = await conversationsOf(phone);
      await admin.conversations.resolve(conversation.id);
      expect((await deliver(url(1), body)).status).toBe(200);
      expect(await conversationsOf(phone)).toMatchObject([{ id: conversation.id, status: 'resolved' }]);
      await deliver(url(1), body.replace(/"(wamid\.[^"]+)"/, '"$1-next"'));
      expect((await conversationsOf(phone)).map(({ status }) => status).toSorted()).toEqual(['open', 'resolved']);
    });

    it('puts messages into the newest open conversation with the customer, whoever opened it', async () => {
      const { body, phone } = fromSomebody('text');
      await admin.conversations.create({ contact: { phone } });
      const newer = await admin.conversations.create({ contact: { phone } });
      await deliver(url(), body);
      expect(await conversationsOf(phone)).toHaveLength(2);
      expect(await stored(newer.id)).toHaveLength(1);
    });

    it('counts an answer once at the time of its first status, for the assignee', async () => {
      const now = Date.now();
      const { body, phone } = fromSomebody('text', now);
      await deliver(url(), body);
      const [conversation] = await conversationsOf(phone);
      const me = await admin.me();
      await database.query('update conversation set assignee_id = $1 where id = $2', [me.agent.id, conversation.id]);
      const statuses = freshDelivery('statuses', now).replaceAll('351912345678', phone.slice(1));
      await Promise.all([deliver(url(0), statuses), deliver(url(1), statuses)]);
      expect(await stored(conversation.id)).toEqual([
        { direction: 'inbound', agent_id: null },
        { direction: 'outbound', agent_id: me.agent.id },
      ]);
      const after = await admin.conversations.get(conversation.id);
      expect(after.waitingSince).toBeNull();
      expect(Date.parse(after.lastMessageAt!) - Date.parse(conversation.lastMessageAt!)).toBe(9_000);
    });

    it('does not count notices and failures', async () => {
      const before = await countRows();
      for (const name of ['system', 'notices', 'status-failed']) {
        expect((await deliver(url(), fromSomebody(name).body)).status).toBe(200);
      }
      expect(await countRows()).toEqual(before);
    });

    it('takes what can be understood of a delivery', async () => {
      const { body, phone } = fromSomebody('malformed');
      expect((await deliver(url(), body)).status).toBe(200);
      const [conversation] = await conversationsOf(phone);
      expect(await stored(conversation.id)).toHaveLength(3);
    });

    it('knows customers who hide their number', async () => {
      const body = freshDelivery('username');
      await deliver(url(), body);
      const { data } = await admin.conversations.list({ limit: 200 });
      const [conversation] = data.filter((one) => one.contact.name === 'Mia');
      expect(conversation.contact.phone).toBeNull();
      expect((await stored(conversation.id)).map(({ direction }) => direction)).toEqual(['inbound', 'outbound']);
    });

    it('answers 503 when it can not store, and counts what comes again', async () => {
      const { body, phone } = fromSomebody('text');
      const lock = await database.connect();
      await lock.query('begin');
      await lock.query('lock table interaction_key in access exclusive mode');
      const answer = await deliver(url(), body);
      await lock.query('rollback');
      lock.release();
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(await conversationsOf(phone)).toEqual([]);
      expect((await deliver(url(), body)).status).toBe(200);
      expect(await conversationsOf(phone)).toHaveLength(1);
    });
  });

  describe('channels', () => {
    it('choose the team of conversations by the number that was written to', async () => {
      const team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
      const channel = await admin.channels.create({
        name: 'Support',
        phoneNumberId: LINE,
        teamId: team.id,
        token: 'EAAG-secret',
      });
      expect(channel).toMatchObject({
        team: { id: team.id },
        hasToken: true,
        apiBaseUrl: 'https://graph.facebook.com',
      });
      const { body, phone } = fromSomebody('text');
      await deliver(url(1), body);
      expect(await conversationsOf(phone)).toMatchObject([{ team: { id: team.id, name: team.name } }]);
      const unknown = fromSomebody('text');
      await deliver(url(1), unknown.body.replaceAll(LINE, '999999999999999'));
      expect(await conversationsOf(unknown.phone)).toMatchObject([{ team: null }]);
    });

    it('keep their token unreadable and unseen', async () => {
      const { data } = await admin.channels.list();
      expect(JSON.stringify(data)).not.toContain('EAAG');
      const { rows } = await database.query<{ cipher: string }>(
        `select encode(token_cipher, 'escape') as cipher from channel union all select after::text from audit_entry`,
      );
      expect(JSON.stringify(rows)).not.toContain('EAAG-secret');
    });

    it('are one for each number, in a team that is there, for those with settings.manage', async () => {
      const create = (body: object, api = admin) => api.channels.create(body as never).catch((error: unknown) => error);
      expect(await create({ name: 'Again', phoneNumberId: LINE })).toMatchObject({
        problem: { status: 409, code: 'phone_number_id_taken' },
      });
      const teamId = '0190b8a0-0000-7000-8000-000000000000';
      expect(await create({ name: 'Other', phoneNumberId: '1', teamId })).toMatchObject({
        problem: { status: 422, errors: [{ pointer: '/teamId', code: 'team_not_found' }] },
      });
      expect(await create({ name: '', phoneNumberId: '+351912345678', apiBaseUrl: 'ftp://x' })).toMatchObject({
        problem: {
          errors: [{ code: 'name_invalid' }, { code: 'phone_number_id_invalid' }, { code: 'api_base_url_invalid' }],
        },
      });
      const team = await createTeam(admin, ['inbox.read']);
      const agent = await loginAs(installation, await createAgent(admin, team));
      expect(await create({ name: 'Mine', phoneNumberId: '2' }, agent)).toMatchObject({
        problem: { status: 403, permission: 'settings.manage' },
      });
    });
  });

  it('stores no number that can be read', async () => {
    const { phone } = fromSomebody('text');
    const { rows } = await database.query<{ cipher: string }>(
      "select encode(phone_cipher, 'escape') || encode(phone_index, 'escape') as cipher from contact",
    );
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.map(({ cipher }) => cipher ?? '').join(' ')).not.toMatch(new RegExp(phone.slice(1, 7)));
  });
});
