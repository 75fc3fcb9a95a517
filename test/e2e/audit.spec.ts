import { get, type IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import pg from 'pg';
import { everyPage, type MusterApi } from '#client';
import type { AuditEntryView } from '#contracts';
import { verifyChains } from '../../src/cli/audit/verify.js';
import { findRoutes } from '../../src/docs/openapi/routes.js';
import { insertBareWorkspace, insertEntries } from '../support/audit-rows.js';
import { WRITES } from '../support/every-write.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

/** Routes that write and leave no entry, and why. */
const WITHOUT_ENTRY: Record<string, string> = {
  'POST /access/check': 'only asks',
  'POST /auth/login': 'takes and gives no right: the session is in GET /sessions',
  'POST /auth/refresh': 'takes and gives no right: the session goes on',
  'POST /interactions': 'traffic, kept by itself',
  'POST /conversations/{id}/messages': 'traffic, kept by itself',
  'POST /webhooks/whatsapp': 'traffic, kept by itself',
  'POST /chatwoot-accounts/{id}/events': 'traffic, kept by itself',
};

describe('the audit log', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  /** Who owns the tables. */
  let owner: pg.Client;

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
    owner = new pg.Client({ connectionString: installation.databaseUrl });
    await owner.connect();
  });

  afterAll(async () => {
    await owner.end();
    await installation.stop();
  });

  const ask = async (path: string, init: RequestInit = {}, by = admin) =>
    fetch(`${installation.node.url}/api/v1${path}`, {
      ...init,
      headers: { authorization: `Bearer ${await by.credentials.bearer()}`, ...init.headers },
    });

  it('tells who changed what, how it was and is, and by which request; on any node', async () => {
    const team = await createTeam(admin, ['inbox.read']);
    const agent = await createAgent(admin, team, { name: 'Ana Souza' });
    await admin.agents.update(agent.id, { hidePhone: true });
    const other = await installation.admin(installation.nodes[1]);
    const me = await admin.me();
    const { data, page } = await other.audit.list({ targetId: agent.id });
    expect(page).toEqual({ next: null, hasMore: false });
    expect(data).toMatchObject([
      {
        actor: { kind: 'agent', id: me.agent.id, name: me.agent.name },
        action: 'agent.updated',
        target: { kind: 'agent', id: agent.id, name: 'Ana Souza' },
        before: { hidePhone: false },
        after: { hidePhone: true },
        reason: null,
        requestId: expect.stringMatching(/^[\w.-]{8,}$/),
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      { action: 'agent.created', before: null, after: expect.objectContaining({ email: agent.email }) },
    ]);
    expect(data[0]?.seq).toBeGreaterThan(data[1]?.seq ?? 0);
  });

  it('knows the name of who was deleted, and tells an API key from its maker', async () => {
    const team = await createTeam(admin, ['inbox.read']);
    const agent = await createAgent(admin, team, { name: 'Bea Lima' });
    const { key } = await admin.apiKeys.create({ name: 'Robot', permissions: ['agents.read', 'agents.manage'] });
    const deleted = await ask(`/agents/${agent.id}`, { method: 'DELETE', headers: { authorization: `Bearer ${key}` } });
    expect(deleted.status).toBe(200);
    const [entry] = (await admin.audit.list({ targetId: agent.id, action: 'agent.deleted' })).data;
    expect(entry).toMatchObject({
      actor: { kind: 'api_key', id: (await admin.me()).agent.id },
      target: { name: 'Bea Lima' },
      requestId: deleted.headers.get('x-request-id'),
    });
  });

  it('walks through pages in both directions without repeating or skipping, and filters', async () => {
    const walk = async (params: Parameters<MusterApi['audit']['list']>[0]) => {
      const entries: AuditEntryView[] = [];
      for await (const entry of everyPage(admin.audit.list, { limit: 3, ...params })) entries.push(entry);
      return entries;
    };
    const newestFirst = await walk({});
    expect(newestFirst.map(({ seq }) => seq)).toEqual(newestFirst.map((_, index) => newestFirst.length - index));
    expect((await walk({ sort: 'seq' })).map(({ seq }) => seq)).toEqual(newestFirst.map((_, index) => index + 1));
    const kept = async (params: Parameters<typeof walk>[0], keep: (entry: AuditEntryView) => boolean) =>
      expect(await walk(params)).toEqual(newestFirst.filter(keep));
    const { agent: me } = await admin.me();
    await kept({ actorId: me.id }, ({ actor }) => actor.id === me.id);
    await kept({ action: 'team.created' }, ({ action }) => action === 'team.created');
    await kept({ targetKind: 'api_key' }, ({ target }) => target.kind === 'api_key');
    const middle = newestFirst[Math.floor(newestFirst.length / 2)];
    await kept({ from: middle?.at }, ({ at }) => at >= (middle?.at ?? ''));
    await kept({ to: middle?.at }, ({ at }) => at < (middle?.at ?? ''));
    await kept({ q: middle?.requestId ?? 'system' }, ({ requestId }) => requestId === middle?.requestId);
  });

  it.each([
    ['?actorId=me', 'validation_failed'],
    ['?targetKind=customer', 'validation_failed'],
    ['?from=yesterday', 'validation_failed'],
    ['?from=2026-02-30', 'validation_failed'],
    ['?format=csv', 'validation_failed'],
    ['?sort=at', 'validation_failed'],
    ['?cursor=abc', 'invalid_cursor'],
  ])('refuses %s', async (query, code) => {
    expect(await (await ask(`/audit${query}`)).json()).toMatchObject({ code });
  });

  it('is for who may read it', async () => {
    const agent = await createAgent(admin, await createTeam(admin, ['agents.read', 'teams.read', 'settings.manage']));
    const api = await loginAs(installation, agent);
    expect(await problemOf(api.audit.list())).toMatchObject({ code: 'permission_missing', permission: 'audit.read' });
    expect((await ask('/audit?format=ndjson', {}, api)).status).toBe(403);
  });

  it('shows nothing of another workspace', async () => {
    const other = await insertBareWorkspace(owner);
    const [theirs] = await insertEntries(owner, other.id, 1);
    const lines = await (await ask('/audit?format=ndjson')).text();
    expect(lines).not.toContain(theirs);
    expect((await admin.audit.list({ q: 'request-1' })).data).toEqual([]);
  });

  it('holds no number of a customer', async () => {
    const { id } = await admin.conversations.create({ contact: { name: 'Carla', phone: '+5511955501234' } });
    await admin.conversations.resolve(id);
    const lines = await (await ask('/audit?format=ndjson')).text();
    expect(lines).toContain(id);
    expect(lines).not.toMatch(/955501234|Carla/);
  });

  it.each([
    ['the header', '/audit?', { accept: 'application/x-ndjson' }],
    ['the query', '/audit?format=ndjson&', {}],
  ])('streams everything that matches when asked by %s', async (_, path, headers) => {
    const answer = await ask(`${path}action=team.created&limit=1`, { headers });
    expect(answer.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    const entries = (await answer.text()).trimEnd().split('\n');
    const { data } = await admin.audit.list({ action: 'team.created', limit: 200 });
    expect(data.length).toBeGreaterThan(1);
    expect(entries.map((line) => JSON.parse(line) as unknown)).toEqual(data);
  });

  it('stops a stream whose reader may not read on, and does not end it as a whole one', async () => {
    const agent = await createAgent(admin, await createTeam(admin, ['audit.read']));
    const api = await loginAs(installation, agent);
    const { id } = (await admin.me()).workspace;
    await insertEntries(owner, id, 30_000);
    const stream = await streamAs((await api.credentials.bearer()) ?? '');
    const { receipt } = await admin.agents.update(agent.id, { status: 'inactive' });
    expect(receipt?.enforcement).toBe('complete');
    const lines = await stream.rest();
    expect(stream.isWhole()).toBe(false);
    expect(lines).toBeGreaterThan(0);
    expect(lines).toBeLessThan(30_000);
  });

  /** The answer, of which nothing was read yet but that it began. */
  async function streamAs(token: string): Promise<{ rest: () => Promise<number>; isWhole: () => boolean }> {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/x-ndjson' };
    const stream = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${installation.node.url}/api/v1/audit`, { headers }, resolve).once('error', reject);
    });
    const over = finished(stream).catch(() => undefined);
    const rest = async () => {
      let lines = 0;
      stream.on('data', (chunk: Buffer) => (lines += chunk.toString().split('\n').length - 1));
      await over;
      return lines;
    };
    return { rest, isWhole: () => stream.complete };
  }

  describe('whether it is as it was written', () => {
    /** All stretches; what the last said. */
    const verify = async () => {
      let verdict = await admin.audit.verify();
      let stretches = 1;
      for (; verdict.next; stretches++) verdict = await admin.audit.verify({ cursor: verdict.next });
      return { stretches, ...verdict };
    };

    /** Past Muster, as somebody who owns the tables can. */
    const edit = async (entry: AuditEntryView, reason: string | null) => {
      await owner.query('alter table audit_entry disable trigger user');
      await owner.query('update audit_entry set reason = $2 where id = $1', [entry.id, reason]);
      await owner.query('alter table audit_entry enable trigger user');
    };

    beforeAll(async () => {
      await insertEntries(owner, (await admin.me()).workspace.id, 12_000);
    });

    it('follows the chain in stretches to its newest entry', async () => {
      const [newest] = (await admin.audit.list({ limit: 1 })).data;
      const { seq, hash } = newest ?? {};
      const verdict = await verify();
      expect(verdict).toMatchObject({ head: { seq, hash }, newest: seq, broken: null, next: null });
      expect(verdict.stretches).toBeGreaterThanOrEqual(3);
    });

    it('names the entry that somebody changed, in whichever stretch', async () => {
      const [newest] = (await admin.audit.list({ limit: 1 })).data as [AuditEntryView];
      await edit(newest, 'because');
      const { seq } = newest;
      expect(await verify()).toMatchObject({ head: { seq: seq - 1 }, broken: { seq, id: newest.id, kind: 'changed' } });
      await edit(newest, null);
      expect(await verify()).toMatchObject({ head: { seq }, broken: null });
    });

    it('is for who may read the log, and about their workspace alone', async () => {
      const other = await insertBareWorkspace(owner);
      await insertEntries(owner, other.id, 1);
      expect(await verify()).toMatchObject({ broken: null });
      const api = await loginAs(installation, await createAgent(admin, await createTeam(admin, ['agents.read'])));
      expect(await problemOf(api.audit.verify())).toMatchObject({ permission: 'audit.read' });
    });

    it.each(['abc', Buffer.from('["1","x","y"]').toString('base64url')])('refuses the cursor %s', async (cursor) => {
      expect(await problemOf(admin.audit.verify({ cursor }))).toMatchObject({ code: 'invalid_cursor' });
    });
  });

  describe('every write', () => {
    it('is known here: a new route says whether it leaves an entry', async () => {
      const routes = (await findRoutes('api/v1'))
        .filter(({ verb }) => verb !== 'get')
        .map(({ verb, path }) => `${verb.toUpperCase()} ${path.replace('/api/v1', '')}`);
      const known = [...Object.keys(WRITES), ...Object.keys(WITHOUT_ENTRY)];
      expect(routes.toSorted()).toEqual(known.toSorted());
    });

    it.each(Object.keys(WRITES))('%s leaves an entry that names the request', async (route) => {
      const [method] = route.split(' ');
      const write = await WRITES[route]?.({ installation, admin });
      if (!write) throw new Error(`How is ${route} called?`);
      const { path, body, by = admin, headers } = write;
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const type = text === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await ask(path, { method, body: text, headers: { ...type, ...headers } }, by);
      await answer.text();
      expect([200, 201, 202, 204]).toContain(answer.status);
      const { data } = await admin.audit.list({ q: answer.headers.get('x-request-id') ?? '' });
      expect(data.map(({ action }) => action)).not.toEqual([]);
    });

    it('left a whole chain', async () => {
      expect(await verifyChains(owner, { workspace: 'default' })).toMatchObject([{ broken: null }]);
    });
  });
});
