import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView, ConversationView, CreatedAgentView, CreatedApiKeyView, Problem, TeamView } from '#contracts';
import { Database } from '../../src/platform/database/database.js';
import { IdempotencyStore } from '../../src/platform/http/idempotency-store.js';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation, type TestNode } from '../support/nodes.js';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';

type Refusal = Partial<Pick<Problem, 'code' | 'retryable'>>;

interface Answer<T> {
  status: number;
  body: T & Refusal;
  text: string;
  replayed: boolean;
  headers: Headers;
}

const DAY_MS = 24 * 3600 * 1000;

describe('Idempotency-Key', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let token: string;
  let database: pg.Client;

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
    token = (await admin.credentials.bearer()) ?? '';
    database = new pg.Client({ connectionString: installation.databaseUrl });
    await database.connect();
  });

  afterAll(async () => {
    await database.end();
    await installation.stop();
  });

  it('gives the same answer again, on any node, without a second effect', async () => {
    const key = randomUUID();
    const body = { name: `Once ${key}`, permissions: ['inbox.read'] };
    const first = await post<TeamView>('/teams', body, { key });
    expect([first.status, first.replayed, first.headers.get('etag')]).toEqual([201, false, '"1"']);
    const again = await post<TeamView>('/teams', body, { key, node: installation.nodes[1] });
    expect([again.status, again.replayed, again.headers.get('etag')]).toEqual([201, true, '"1"']);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    const other = await post<TeamView>('/teams', { ...body, name: `Other ${key}` }, { key });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect((await admin.teams.list({ q: key })).data).toHaveLength(1);
    expect((await post<TeamView>('/teams', body, { key: randomUUID() })).body.code).toBe('name_taken');
  });

  it('keeps refusals, but not those about rights, and none of invalid keys', async () => {
    const team = await createTeam(admin, []);
    const key = randomUUID();
    const first = await post('/teams', { name: team.name, permissions: [] }, { key });
    await admin.teams.update(team.id, { name: randomUUID() });
    const again = await post('/teams', { name: team.name, permissions: [] }, { key });
    expect([first.body.code, again.body.code, again.replayed]).toEqual(['name_taken', 'name_taken', true]);
    expect(again.headers.get('content-type')).toContain('application/problem+json');
    for (const invalid of ['', 'with space', 'x'.repeat(256)]) {
      expect((await post('/teams', { name: randomUUID(), permissions: [] }, { key: invalid })).status).toBe(400);
    }
    const { api, bearer, team: own } = await somebody(['teams.manage', 'teams.read']);
    const body = { name: randomUUID(), permissions: ['audit.read'] };
    expect((await post('/teams', body, { key, bearer })).body.code).toBe('beyond_own_rights');
    await admin.teams.update(own.id, { permissions: ['teams.manage', 'teams.read', 'audit.read'] });
    expect((await post('/teams', body, { key, bearer })).status).toBe(201);
    expect((await api.me()).permissions).toContain('audit.read');
  });

  it('has one effect of many at once', async () => {
    const key = randomUUID();
    const body = { name: `Race ${key}`, permissions: [] };
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, nth) =>
        post<TeamView>('/teams', body, { key, node: installation.nodes[nth % 2] }),
      ),
    );
    const outcomes = answers.map(({ status, body: { code }, replayed }) => [status, code, replayed].join());
    expect(outcomes.filter((outcome) => outcome === '201,,false')).toHaveLength(1);
    const allowed = new Set(['201,,false', '201,,true', '409,idempotency_in_progress,false']);
    expect(outcomes.filter((outcome) => !allowed.has(outcome))).toEqual([]);
    const waiting = answers.find(({ status }) => status === 409);
    if (waiting) expect([waiting.body.retryable, waiting.headers.get('retry-after')]).toEqual([true, '1']);
    expect((await admin.teams.list({ q: key })).data).toHaveLength(1);
  });

  it('gives the answer to whoever did not wait for it', async () => {
    const key = randomUUID();
    const body = { name: `Impatient ${key}`, permissions: [] };
    const impatient = new AbortController();
    const call = post('/teams', body, { key, signal: impatient.signal });
    await eventually(
      () => rows('select 1 from idempotency_key where key = $1', key),
      (found) => found.length === 1,
    );
    impatient.abort();
    await call.catch(() => undefined);
    const answer = await eventually(
      () => post<TeamView>('/teams', body, { key }),
      ({ status }) => status !== 409,
    );
    expect(answer.status).toBe(201);
    expect((await admin.teams.list({ q: key })).data).toHaveLength(1);
  });

  it('knows what a node that died had done, and does what it had not', async () => {
    const key = randomUUID();
    const body = { name: `Crash ${key}`, permissions: [] };
    await post('/teams', body, { key });
    await database.query(
      `update idempotency_key set status = null, answer = null, boot_id = gen_random_uuid() where key = $1`,
      [key],
    );
    const gone = await post('/teams', body, { key });
    expect([gone.status, gone.body.code, gone.body.retryable]).toEqual([409, 'idempotency_answer_gone', false]);
    const [team] = (await admin.teams.list({ q: key })).data;
    await admin.teams.delete(team?.id ?? '');
    await database.query('update idempotency_key set applied = false where key = $1', [key]);
    expect((await post('/teams', body, { key })).status).toBe(201);
  });

  it('lets an attempt that was taken for dead write nothing', async () => {
    const store = installation.node.app.get(IdempotencyStore);
    const { agent, workspace } = await admin.me();
    const request = { workspaceId: workspace.id, agentId: agent.id, route: '/api/v1/teams', key: randomUUID() };
    const sight = { hidePhone: false, permissions: new Set<string>() };
    const frozen = await store.claim(request, Buffer.from('same'), sight);
    if (!('id' in frozen)) throw new Error('The first attempt has no answer yet.');
    await expect(store.claim(request, Buffer.from('same'), sight)).rejects.toMatchObject({
      code: 'idempotency_in_progress',
    });
    installation.clock.advance(121_000);
    const next = await store.claim(request, Buffer.from('same'), sight);
    expect(next).toMatchObject({ key: request.key });

    const transactions = installation.node.app.get(Database);
    await expect(transactions.transaction(workspace.id, (em) => store.apply(em, frozen))).rejects.toMatchObject({
      code: 'idempotency_in_progress',
    });
  });

  it('is one agent’s own, of one path, and for a day', async () => {
    const key = randomUUID();
    const { bearer } = await somebody(['teams.manage', 'teams.read']);
    const body = { name: `Mine ${key}`, permissions: [] };
    expect((await post('/teams', body, { key, bearer })).status).toBe(201);
    expect((await post('/teams', body, { key })).body.code).toBe('name_taken');
    const team = await createTeam(admin, ['inbox.read']);
    const invited = { name: 'N', email: `${key}@example.com`, phone: '+5511912345678', teamId: team.id };
    expect((await post('/agents', invited, { key })).status).toBe(201);
    installation.clock.advance(DAY_MS + 1);
    token = await login();
    expect((await post('/agents', invited, { key })).body.code).toBe('email_taken');
    await installation.node.app.get(IdempotencyStore).sweep();
    expect(await rows('select 1 from idempotency_key where claimed_at < now()', key, false)).toEqual([]);
  });

  it('keeps no answer that a customer is in who was erased before it was given', async () => {
    const store = installation.node.app.get(IdempotencyStore);
    const { agent, workspace } = await admin.me();
    const sight = { hidePhone: false, permissions: new Set<string>() };
    const digest = Buffer.from('same');
    const { contact } = await admin.conversations.create({ contact: { phone: '+5511912340000', name: 'Rosa' } });
    const begin = async (route: string, at = 0) => {
      const request = { workspaceId: workspace.id, agentId: agent.id, route, key: randomUUID() };
      const claim = await installation.nodes[at].app.get(IdempotencyStore).claim(request, digest, sight);
      if (!('id' in claim)) throw new Error('The first attempt has no answer yet.');
      return { request, claim };
    };
    const answer = { status: 200, contentType: 'application/json', etag: null, body: '{"name":"Rosa"}' };
    const running = [await begin('/api/v1/conversations'), await begin('/api/v1/contacts/x', 1)];
    const elsewhere = await begin('/api/v1/teams');
    await admin.contacts.erase(contact.id);
    for (const { claim } of [...running, elsewhere]) await store.finish(claim, answer);
    for (const { request } of running) {
      await expect(store.claim(request, digest, sight)).rejects.toMatchObject({ code: 'idempotency_answer_gone' });
      expect(await rows('select answer from idempotency_key where key = $1', request.key)).toEqual([{ answer: null }]);
    }
    expect(await store.claim(elsewhere.request, digest, sight)).toMatchObject({ body: answer.body });
    const next = await begin('/api/v1/conversations');
    await store.finish(next.claim, answer);
    expect(await store.claim(next.request, digest, sight)).toMatchObject({ body: answer.body });
  });

  it('keeps secrets and numbers unreadable, and gives them again to who got them', async () => {
    const key = randomUUID();
    const made = await post<CreatedApiKeyView>('/api-keys', { name: 'K', permissions: ['inbox.read'] }, { key });
    const again = await post<CreatedApiKeyView>('/api-keys', { name: 'K', permissions: ['inbox.read'] }, { key });
    expect([again.replayed, again.body.key]).toEqual([true, made.body.key]);
    const team = await createTeam(admin, ['inbox.read']);
    const invited = { name: 'N', email: `${key}@example.com`, phone: '+5511912345678', teamId: team.id };
    const { body } = await post<CreatedAgentView>('/agents', invited, { key });
    expect((await post<CreatedAgentView>('/agents', invited, { key })).body.invitation).toEqual(body.invitation);
    const [stored] = await rows<{ all: string }>(
      "select string_agg(k::text || coalesce(encode(answer, 'escape'), ''), '') as all from idempotency_key k where key = $1",
      key,
    );
    expect(stored?.all).toContain('/api/v1/api-keys');
    for (const secret of [made.body.key, body.invitation?.token ?? '', invited.email, '5511912345678']) {
      expect(stored?.all).not.toContain(secret.slice(-10));
    }
  });

  it('gives no answer again to who may see less than who got it', async () => {
    const key = randomUUID();
    const { agent, bearer, team, api } = await somebody(['inbox.read', 'inbox.assign', 'api-keys.manage']);
    const narrow = await api.apiKeys.create({ name: 'Narrow', permissions: ['inbox.assign'] });
    const body = { contact: { phone: '+5511977776666' } };
    const first = await post<ConversationView>('/conversations', body, { key, bearer });
    expect(first.body.contact.phone).toBe('+5511977776666');
    expect((await post('/conversations', body, { key, bearer: narrow.key })).body.code).toBe('idempotency_answer_gone');
    await admin.agents.update(agent.id, { hidePhone: true });
    const masked = await post('/conversations', body, { key, bearer });
    expect([masked.status, masked.body.code]).toEqual([409, 'idempotency_answer_gone']);
    expect(masked.text).not.toContain('77776666');
    await admin.agents.update(agent.id, { hidePhone: false });
    expect((await post('/conversations', body, { key, bearer })).text).toBe(first.text);
    await admin.teams.update(team.id, { permissions: ['inbox.read'] });
    expect((await post('/conversations', body, { key, bearer })).body.code).toBe('permission_missing');
    await admin.agents.update(agent.id, { status: 'inactive' });
    expect((await post('/conversations', body, { key, bearer })).body.code).toBe('agent_inactive');
  });

  it('keeps nothing of a dry run, a check or a login', async () => {
    const key = randomUUID();
    const body = { name: `Dry ${key}`, permissions: [] };
    expect((await post('/teams?dryRun=true', body, { key })).status).toBe(200);
    expect((await post('/teams', body, { key })).status).toBe(201);
    const { agent } = await somebody(['inbox.read']);
    const check = { agentId: agent.id, permissions: ['inbox.read'] };
    expect((await post<{ allowed: boolean }>('/access/check', check, { key })).body.allowed).toBe(true);
    await admin.agents.update(agent.id, { status: 'inactive' });
    expect((await post<{ allowed: boolean }>('/access/check', check, { key })).body.allowed).toBe(false);
    expect(await rows('select 1 from idempotency_key where key = $1', key)).toHaveLength(1);
  });

  async function somebody(permissions: Parameters<typeof createTeam>[1]) {
    const team = await createTeam(admin, permissions);
    const agent: AgentView = await createAgent(admin, team);
    const api = installation.client();
    const { accessToken } = await api.auth.login({ email: agent.email, password: PASSWORD });
    return { team, agent, api, bearer: accessToken };
  }

  async function login(): Promise<string> {
    return (await (await installation.admin()).credentials.bearer()) ?? '';
  }

  async function post<T = object>(
    path: string,
    body: unknown,
    {
      key,
      node = installation.node,
      bearer = token,
      signal,
    }: { key: string; node?: TestNode; bearer?: string; signal?: AbortSignal },
  ): Promise<Answer<T>> {
    const answer = await fetch(`${node.url}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      signal,
    });
    const text = await answer.text();
    const replayed = answer.headers.get('idempotency-replayed') === 'true';
    const parsed = JSON.parse(text) as T & Refusal;
    return { status: answer.status, body: parsed, text, replayed, headers: answer.headers };
  }

  async function rows<T extends object>(text: string, key: string, withKey = true): Promise<T[]> {
    return (await database.query<T>(text, withKey ? [key] : [])).rows;
  }
});
