import type { Problem } from '#contracts';
import { startNodes, type TestInstallation } from '../support/nodes.js';

describe('HTTP', () => {
  let installation: TestInstallation;

  beforeAll(async () => {
    installation = await startNodes(1, { CORS_ORIGINS: 'https://inbox.example.com' });
  });

  afterAll(() => installation.stop());

  it.each<[string, { body: string; type?: string }, number, string]>([
    ['bad JSON', { body: '{bad' }, 400, 'bad_json'],
    ['an empty body', { body: '' }, 400, 'bad_json'],
    ['a list where an object belongs', { body: '[]' }, 422, 'validation_failed'],
    ['text where an object belongs', { body: '"x"' }, 422, 'validation_failed'],
    ['another media type', { body: '<x/>', type: 'text/xml' }, 415, 'unsupported_media_type'],
    ['a body of 4 MB', { body: `{"email":"${'x'.repeat(4 * 1024 * 1024)}"}` }, 413, 'payload_too_large'],
    ['unknown fields', { body: '{"email":"a@b.c","password":"x","admin":true}' }, 422, 'validation_failed'],
    [
      '100,000 unknown fields',
      { body: `{${Array.from({ length: 100_000 }, (_, n) => `"f${n}":1`).join()}}` },
      422,
      'validation_failed',
    ],
    ['objects 3,000 deep', { body: `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}` }, 422, 'validation_failed'],
    ['text with NUL', { body: '{"email":"a\\u0000@b.c","password":"x"}' }, 422, 'validation_failed'],
    ['half a character', { body: '{"email":"\\ud800","password":"x"}' }, 422, 'validation_failed'],
    ['a poisoned prototype', { body: '{"email":"a@b.c","password":"x","__proto__":{"admin":true}}' }, 400, 'bad_json'],
  ])('answers %s with a problem, and lives', async (_what, { body, type = 'application/json' }, status, code) => {
    const answer = await request('/api/v1/auth/login', { method: 'POST', body, headers: { 'content-type': type } });
    expect([answer.status, (await problem(answer)).code]).toEqual([status, code]);
    expect((await request('/livez')).status).toBe(200);
  });

  it('answers what is not there with 404, with or without a credential', async () => {
    for (const path of [
      '/nothing',
      '/api/v1/nothing',
      '/api/v2/me',
      '/api/v1/agents/../../etc/passwd',
      '/api/v1/teams/%E0%A4%A',
      `/api/v1/teams/${'x'.repeat(300)}`,
    ]) {
      const answer = await request(path);
      expect([path, answer.status, (await problem(answer)).code]).toEqual([path, 404, 'not_found']);
    }
  });

  it('refuses what it would ignore: a dry run of a call that has none writes nothing', async () => {
    const admin = await installation.admin();
    const answer = await request('/api/v1/api-keys?dryRun=true', {
      method: 'POST',
      body: '{"name":"Dry","permissions":[]}',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await admin.credentials.bearer()}` },
    });
    expect([answer.status, (await problem(answer)).errors[0]]).toMatchObject([
      422,
      { pointer: '?dryRun', code: 'unknown_field' },
    ]);
    expect((await admin.apiKeys.list({ q: 'Dry' })).data).toEqual([]);
  });

  it('takes null only where null means something', async () => {
    const admin = await installation.admin();
    const team = await admin.teams.create({ name: 'Nulls', permissions: [] });
    const patch = (body: object) =>
      request(`/api/v1/teams/${team.id}`, {
        method: 'PATCH',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      });
    const bearer = await admin.credentials.bearer();
    for (const member of ['name', 'permissions']) {
      expect([member, (await patch({ [member]: null })).status]).toEqual([member, 422]);
    }
    expect((await patch({ description: null })).status).toBe(200);
    for (const values of [['x', 'not-an-id'], [1, 2], ['a'], { length: 2 }]) {
      const cursor = Buffer.from(JSON.stringify(values)).toString('base64url');
      const answer = await request(`/api/v1/agents?sort=createdAt&cursor=${cursor}`, {
        headers: { authorization: `Bearer ${bearer}` },
      });
      expect([answer.status, (await problem(answer)).code]).toEqual([400, 'invalid_cursor']);
    }
  });

  it('names each request, takes a sensible name from a proxy, and no other', async () => {
    const id = async (given?: string) => {
      const answer = await request('/api/v1/me', { headers: given ? { 'x-request-id': given } : {} });
      expect((await problem(answer)).requestId).toBe(answer.headers.get('x-request-id'));
      return answer.headers.get('x-request-id');
    };
    expect(await id()).toMatch(/^[0-9a-f-]{36}$/);
    expect(await id('trace-4711-abc')).toBe('trace-4711-abc');
    expect(await id('<script>')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says how it is to those who run it', async () => {
    expect(await (await request('/readyz')).json()).toEqual({
      status: 'ready',
      checks: [
        { name: 'postgresql', ok: true, detail: null },
        { name: 'redis', ok: true, detail: null },
        { name: 'jobs', ok: true, detail: null },
      ],
    });
    expect(await (await request('/version')).json()).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    const metrics = await request('/metrics');
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    expect(await metrics.text()).toContain('process_cpu_user_seconds_total');
  });

  it('lets pages of allowed origins read answers, and no others', async () => {
    const allowed = async (origin: string) =>
      (await request('/livez', { headers: { origin } })).headers.get('access-control-allow-origin');
    expect(await allowed('https://inbox.example.com')).toBe('https://inbox.example.com');
    expect(await allowed('https://evil.example')).toBeNull();
  });

  it('sends pages with a policy that loads nothing from elsewhere', async () => {
    const policy = (await request('/livez')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|unsafe-/);
  });

  function request(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`${installation.node.url}${path}`, init);
  }

  async function problem(answer: Response): Promise<Problem> {
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    return (await answer.json()) as Problem;
  }
});
