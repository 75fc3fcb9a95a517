import pg from 'pg';
import type { MusterApi } from '#client';
import type { Permission } from '#contracts';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';
import { Line } from '../support/whatsapp/line.js';

const ALL: Permission[] = ['contacts.read', 'contacts.edit', 'contacts.export', 'contacts.reveal-phone', 'inbox.read'];
const REASON = 'The customer asked to be called back';

describe('contacts on two nodes', () => {
  let installation: TestInstallation;
  let database: pg.Pool;
  let admin: MusterApi;
  let other: MusterApi;
  let line: Line;

  beforeAll(async () => {
    installation = await startNodes(2, { MUSTER_OUTGOING_LOOPBACK: 'on', MUSTER_REVEALS_PER_HOUR: '3' });
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

  async function revealsOf(contactId: string) {
    const { data } = await admin.audit.list({ limit: 200 });
    return data.filter(({ action, target }) => action === 'contact.phone_revealed' && target.id === contactId);
  }

  describe('the list and the page', () => {
    it('show whole numbers, find by a part of the name and by the whole number, and page by time', async () => {
      const [first, second] = [await customer('Zita Quaresma'), await customer('Zita Quental')];
      const { data } = await other.contacts.list({ q: 'zita qu' });
      expect(data.map(({ id }) => id)).toEqual([second.id, first.id]);
      expect(data[1]).toEqual({
        id: first.id,
        name: 'Zita Quaresma',
        phone: first.phone,
        masked: false,
        erasedAt: null,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
        version: 1,
      });
      expect((await other.contacts.list({ q: first.phone })).data.map(({ id }) => id)).toEqual([first.id]);
      expect(await other.contacts.get(first.id)).toEqual(data[1]);
      const page = await other.contacts.list({ q: 'zita qu', limit: 1 });
      const rest = await other.contacts.list({ q: 'zita qu', limit: 1, cursor: page.page.next ?? '' });
      expect([...page.data, ...rest.data]).toEqual(data);
      expect((await problemOf(admin.contacts.list({ sort: 'phone' }))).errors[0]?.code).toBe('sort_unknown');
      expect((await problemOf(admin.contacts.list({ sort: 'name' }))).errors[0]?.code).toBe('sort_unknown');
    });

    it('mask for who has Hide Phone, who may not search for digits in any script', async () => {
      const { id, phone } = await customer('Ana 5511 98888 7777');
      const { api } = await caller(ALL, { hidePhone: true });
      const view = await api.contacts.get(id);
      expect(view).toMatchObject({ name: 'Ana ••••••', phone: `+351••••••${phone.slice(-2)}`, masked: true });
      expect((await api.contacts.list({ q: 'ana' })).data).toContainEqual(view);
      for (const q of [phone, phone.slice(1, 5), '8', '٥', '⑤', '５', '㏠', 'ana 5', '王一']) {
        expect((await problemOf(api.contacts.list({ q }))).code).toBe('phone_hidden');
        expect((await problemOf(api.contacts.exportCsv({ q }))).code).toBe('phone_hidden');
      }
    });

    it.each<[string, Permission, (api: MusterApi, id: string) => Promise<unknown>]>([
      ['reading', 'contacts.read', (api, id) => api.contacts.get(id)],
      ['listing', 'contacts.read', (api) => api.contacts.list()],
      ['naming', 'contacts.edit', (api, id) => api.contacts.update(id, { name: 'Carla' })],
      ['exporting', 'contacts.export', (api) => api.contacts.exportCsv()],
      ['revealing', 'contacts.reveal-phone', (api, id) => api.contacts.reveal(id, { reason: REASON })],
      ['erasing', 'contacts.edit', (api, id) => api.contacts.erase(id)],
    ])('ask for the permission of %s', async (_what, permission, act) => {
      const { id } = await customer();
      const { api } = await caller(ALL.filter((each) => each !== permission));
      expect(await problemOf(act(api, id))).toMatchObject({ code: 'permission_missing', permission });
    });

    it('are 404 for what is not there, or not a contact', async () => {
      const missing = '0190b8a0-0000-7000-8000-00000000dead';
      const { conversation } = await customer();
      for (const id of [missing, conversation.id, 'x']) {
        expect((await problemOf(admin.contacts.get(id))).code).toBe('not_found');
        expect((await problemOf(admin.contacts.update(id, { name: 'x' }))).code).toBe('not_found');
        expect((await problemOf(admin.contacts.erase(id))).code).toBe('not_found');
      }
      expect((await problemOf((await caller(ALL)).api.contacts.reveal(missing, { reason: REASON }))).code).toBe(
        'not_found',
      );
    });
  });

  describe('naming', () => {
    it('stays when WhatsApp says another name, until it is taken back; the audit log has no name', async () => {
      const { id, phone } = await customer('Ana');
      const named = await admin.contacts.update(id, { name: '  Ana of order 17 ' });
      expect(named).toMatchObject({ name: 'Ana of order 17', version: 2 });
      await line.writes({ phone, name: 'Anita', text: 'Hello again' });
      expect((await other.contacts.get(id)).name).toBe('Ana of order 17');
      expect((await problemOf(admin.contacts.update(id, { name: 'Eve' }, { ifMatch: 1 }))).code).toBe('stale_version');
      await admin.contacts.update(id, { name: null }, { ifMatch: 2 });
      await line.writes({ phone, name: 'Anita', text: 'And again' });
      expect(await other.contacts.get(id)).toMatchObject({ name: 'Anita', version: 4 });
      expect((await problemOf(admin.contacts.update(id, { name: 'x'.repeat(201) }))).errors[0]?.code).toBe(
        'name_invalid',
      );
      const { rows } = await database.query<{ entry: string }>(
        'select row_to_json(a)::text as entry from audit_entry a where target_id = $1',
        [id],
      );
      expect(rows).toHaveLength(2);
      for (const { entry } of rows) expect(entry).not.toMatch(/Ana|Anita/);
    });
  });

  describe('revealing', () => {
    it('answers the number with the time it ends, after who, what and why are audited, without numbers', async () => {
      const { id, phone } = await customer();
      const { api, agent } = await caller(ALL);
      const revealed = await api.contacts.reveal(id, { reason: `Call back ${phone} today` });
      const end = installation.clock.now() + 60_000;
      expect(revealed).toEqual({ contactId: id, phone, expiresAt: expect.any(String) });
      expect(Math.abs(Date.parse(revealed.expiresAt) - end)).toBeLessThan(10_000);
      expect(await revealsOf(id)).toMatchObject([
        { actor: { id: agent.id }, reason: 'Call back •••••• today', before: null, after: null },
      ]);
    });

    it('is kept by nobody: no cache, and no stored answer under an Idempotency-Key', async () => {
      const { id, phone } = await customer();
      const { api } = await caller(ALL);
      const written = [`contacts/${id}/reveal`, `%63ontacts/${id}/reve%61l`];
      const headers = {
        authorization: `Bearer ${await api.credentials.bearer()}`,
        'content-type': 'application/json',
        'idempotency-key': 'reveal-once',
      };
      for (let turn = 1; turn <= 2; turn++) {
        const url = `${installation.node.url}/api/v1/${written[turn - 1]}`;
        const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ reason: REASON }) });
        expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
        expect(answer.headers.get('idempotency-replayed')).toBeNull();
        expect(await answer.json()).toMatchObject({ phone });
        expect(await revealsOf(id)).toHaveLength(turn);
      }
      const { rows } = await database.query(
        "select 1 from idempotency_key where route like '%contacts%' or key = 'reveal-once'",
      );
      expect(rows).toEqual([]);
    });

    it('is refused with Hide Phone whatever the permissions, and leaves no entry', async () => {
      const { id, phone } = await customer();
      const { api } = await caller(ALL, { hidePhone: true });
      const problem = await problemOf(api.contacts.reveal(id, { reason: REASON }));
      expect(problem.code).toBe('phone_hidden');
      expect(JSON.stringify(problem)).not.toContain(phone.slice(-6));
      expect(await revealsOf(id)).toEqual([]);
    });

    it('ends with Hide Phone on the same session, and asks for a reason', async () => {
      const { id } = await customer();
      const { api, agent } = await caller(ALL);
      await api.contacts.reveal(id, { reason: REASON });
      for (const reason of ['', '  ab ', 'x'.repeat(501), null as unknown as string]) {
        const problem = await problemOf(api.contacts.reveal(id, { reason }));
        expect(problem.errors[0]).toMatchObject({ pointer: '/reason', code: 'reason_invalid' });
      }
      await admin.agents.update(agent.id, { hidePhone: true });
      expect((await problemOf(api.contacts.reveal(id, { reason: REASON }))).code).toBe('phone_hidden');
    });

    it('has an end: so many an hour for one agent, on all nodes together, others not concerned', async () => {
      const { id } = await customer();
      const { api, agent } = await caller(ALL);
      const there = await loginAs(installation, agent, installation.nodes[1]);
      const all = Array.from({ length: 8 }, (_, n) => (n % 2 ? there : api).contacts.reveal(id, { reason: REASON }));
      expect((await Promise.allSettled(all)).filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      for (const one of [api, there]) {
        const problem = await problemOf(one.contacts.reveal(id, { reason: REASON }));
        expect([problem.code, (problem.retryAfter ?? 0) > 0]).toEqual(['too_many_requests', true]);
      }
      expect(await revealsOf(id)).toHaveLength(3);
      await (await caller(ALL)).api.contacts.reveal(id, { reason: REASON });
    });

    it('says when WhatsApp withholds the number', async () => {
      await line.writes({ phone: null, userId: 'US.13491208655302741918', name: 'Nameless Withheld', text: 'Hi' });
      const [contact] = (await admin.contacts.list({ q: 'Nameless Withheld' })).data;
      const { api } = await caller(ALL);
      expect((await problemOf(api.contacts.reveal(contact?.id ?? '', { reason: REASON }))).code).toBe('phone_withheld');
    });
  });

  describe('the file', () => {
    const read = async (api: MusterApi, q?: string) => new Response(await api.contacts.exportCsv({ q })).text();

    it('has all contacts, guarded from spreadsheets, and masked for who has Hide Phone; that it was made is audited', async () => {
      const { id, phone } = await customer('=Export+1 Lima');
      const whole = await read(admin, 'export+1');
      expect(whole.split('\r\n').slice(0, 2)).toEqual([
        '"id","name","phone","createdAt","updatedAt"',
        expect.stringContaining(`"${id}","'=Export+1 Lima","'${phone}",`),
      ]);
      const { api } = await caller(ALL, { hidePhone: true });
      const masked = await read(api, 'lima');
      expect(masked).toContain(`"'+351••••••${phone.slice(-2)}"`);
      expect(masked).not.toContain(phone.slice(4, -2));
      const { data } = await admin.audit.list({ limit: 5 });
      expect(data[0]).toMatchObject({ action: 'contact.exported', after: { masked: true, searched: true } });
      expect(JSON.stringify(data[0])).not.toContain('lima');
    });

    it('has everybody once over many pages', async () => {
      const { workspace } = await admin.me();
      await database.query(
        `insert into contact (id, workspace_id, name, phone_index, created_at, updated_at)
         select gen_random_uuid(), $1, 'Bulk ' || n, decode(md5(n::text), 'hex'), now() - n % 7 * interval '1 s', now()
         from generate_series(1, 2500) n`,
        [workspace.id],
      );
      const rows = (await read(admin, 'bulk ')).trim().split('\r\n').slice(1);
      expect(rows).toHaveLength(2_500);
      expect(new Set(rows).size).toBe(2_500);
    });
  });
});
