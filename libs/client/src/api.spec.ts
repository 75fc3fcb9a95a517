import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AgentView, Page, Problem } from '#contracts';
import { MusterApi, type MusterOptions } from './api.js';
import { everyPage } from './calls.js';
import { memoryStore } from './credentials.js';
import { MusterProblem, MusterUnreachable } from './errors.js';

interface Seen {
  call: string;
  headers: IncomingMessage['headers'];
  body: string;
}

type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});

/** A server that answers each call as `answer` says and remembers what it saw. */
async function serve(
  answer: (seen: Seen, nth: number) => Answer | Promise<Answer>,
  options: Partial<MusterOptions> = {},
) {
  const seen: Seen[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const one = { call: `${request.method} ${request.url}`, headers: request.headers, body };
    const said = await answer(one, seen.push(one));
    response.writeHead(said.status, { 'content-type': 'application/json', ...said.headers });
    response.end(typeof said.body === 'string' ? said.body : said.body === undefined ? '' : JSON.stringify(said.body));
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ close: () => (server.closeAllConnections(), server.close()) });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const muster = new MusterApi({ url, random: () => 0, ...options });
  return { seen, url, muster, calls: () => seen.map((one) => one.call) };
}

function problem(code: Problem['code'], status: number, retryable = false): Answer {
  const body: Problem = {
    type: 'about:blank',
    title: 'No',
    status,
    detail: 'It is so.',
    code,
    requestId: 'r',
    retryable,
    errors: [],
  };
  return { status, body, headers: { 'content-type': 'application/problem+json' } };
}

let issued = 0;
function login(expiresIn = 900): Answer {
  issued += 1;
  const agent = { id: 'a', name: 'A', email: 'a@example.com' };
  return {
    status: 200,
    body: { accessToken: `access-${issued}`, refreshToken: `refresh-${issued}`, expiresIn, agent },
  };
}

const CREDENTIALS = { email: 'a@example.com', password: 'correct horse' };

describe('a call', () => {
  it('carries token, version, key and parameters', async () => {
    const { muster, seen } = await serve(() => ({ status: 200, body: { data: [] } }), { token: 'msk_1' });
    await muster.agents.list({ teamId: 't 1', hidePhone: false, sort: '-createdAt,name', q: 'zoë&co' });
    await muster.agents.update('a/b', { notes: null }, { ifMatch: 7, idempotencyKey: 'k' });
    expect(seen[0]?.call).toBe('GET /api/v1/agents?teamId=t+1&hidePhone=false&sort=-createdAt%2Cname&q=zo%C3%AB%26co');
    expect(seen[1]?.call).toBe('PATCH /api/v1/agents/a%2Fb');
    expect(seen[1]?.body).toBe('{"notes":null}');
    expect(seen[1]?.headers).toMatchObject({
      authorization: 'Bearer msk_1',
      'if-match': '"7"',
      'idempotency-key': 'k',
      'content-type': 'application/json',
    });
  });

  it('throws the problem it is answered with', async () => {
    const { muster } = await serve(() => problem('email_taken', 409), { token: 'k' });
    const refused = muster.agents.update('a', {});
    await expect(refused).rejects.toBeInstanceOf(MusterProblem);
    await expect(refused).rejects.toMatchObject({
      code: 'email_taken',
      message: 'It is so. (email_taken)',
      retryable: false,
    });
  });

  it('repeats a GET that failed for now, and what has an idempotency key, but nothing else', async () => {
    const { muster, calls, seen } = await serve(
      (_, nth) => (nth % 2 ? problem('database_unavailable', 503, true) : { status: 200, body: {} }),
      { token: 'k' },
    );
    await expect(muster.me()).resolves.toEqual({});
    await expect(muster.agents.update('a', {})).rejects.toMatchObject({ code: 'database_unavailable' });
    await expect(muster.access.check({ permissions: [] })).resolves.toEqual({});
    await expect(muster.conversations.resolve('c')).resolves.toEqual({});
    await expect(muster.conversations.resolve('c', { idempotencyKey: 'mine' })).resolves.toEqual({});
    const resolve = 'POST /api/v1/conversations/c/resolve';
    expect(calls()).toEqual([
      'GET /api/v1/me',
      'GET /api/v1/me',
      'PATCH /api/v1/agents/a',
      'POST /api/v1/access/check',
      ...[resolve, resolve],
      ...[resolve, resolve],
    ]);
    const keys = seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
    expect(keys[4]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys.slice(5)).toEqual([keys[4], 'mine', 'mine']);
  });

  it('gives up after its retries', async () => {
    const { muster, seen } = await serve(() => problem('server_draining', 503, true), { token: 'k', retries: 2 });
    await expect(muster.me()).rejects.toMatchObject({ code: 'server_draining' });
    expect(seen).toHaveLength(3);
  });

  it('does not sit out a pause that is too long', async () => {
    const { muster, seen } = await serve(
      () => ({ ...problem('too_many_requests', 429, true), headers: { 'retry-after': '60' } }),
      { token: 'k' },
    );
    await expect(muster.me()).rejects.toMatchObject({ code: 'too_many_requests', retryAfterMs: 60_000 });
    expect(seen).toHaveLength(1);
  });

  it('says when nobody or somebody else answers, or nobody in time', async () => {
    const other = await serve(() => ({ status: 200, body: '<html>' }), { token: 'k', retries: 0 });
    await expect(other.muster.me()).rejects.toThrow(
      `${other.url} answered 200, but not as Muster does: is the address right?`,
    );
    const silent = await serve(() => new Promise<Answer>(() => {}), { token: 'k', retries: 0, timeoutMs: 50 });
    await expect(silent.muster.me()).rejects.toThrow(`Muster at ${silent.url} did not answer within 0.05 s`);
    const nobody = new MusterApi({ url: 'http://127.0.0.1:1', retries: 0 });
    await expect(nobody.auth.login(CREDENTIALS)).rejects.toBeInstanceOf(MusterUnreachable);
  });

  it('can be called off', async () => {
    const { muster } = await serve(() => new Promise<Answer>(() => {}), { token: 'k' });
    await expect(muster.me({ signal: AbortSignal.timeout(20) })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('walks all pages', async () => {
    const page = (next: string | null, ...ids: string[]): Answer => ({
      status: 200,
      body: {
        data: ids.map((id) => ({ id }) as AgentView),
        page: { next, hasMore: next !== null },
      } satisfies Page<AgentView>,
    });
    const { muster, calls } = await serve(
      ({ call }) => (call.includes('cursor') ? page(null, 'c') : page('x', 'a', 'b')),
      { token: 'k' },
    );
    const ids: string[] = [];
    for await (const agent of everyPage(muster.agents.list, { limit: 2 })) ids.push(agent.id);
    expect(ids).toEqual(['a', 'b', 'c']);
    expect(calls()).toEqual(['GET /api/v1/agents?limit=2', 'GET /api/v1/agents?limit=2&cursor=x']);
  });
});

describe('a session', () => {
  it('renews an expired token once for all calls that meet it', async () => {
    let good = '';
    const { muster, calls } = await serve(({ call, headers }) => {
      if (call.endsWith('/login')) return login();
      if (!call.endsWith('/refresh'))
        return headers.authorization === good ? { status: 200, body: {} } : problem('token_expired', 401);
      const answer = login();
      good = `Bearer access-${issued}`;
      return answer;
    });
    await muster.auth.login(CREDENTIALS);
    await Promise.all([muster.me(), muster.teams.create({ name: 'T', permissions: [] }), muster.me()]);
    expect(calls().filter((call) => call.endsWith('/refresh'))).toHaveLength(1);
    expect(calls()).toHaveLength(1 + 3 + 1 + 3);
  });

  it('renews before the token expires, and lives with the old one while it can not', async () => {
    const { muster, calls, seen } = await serve(({ call }, nth) => {
      if (call.endsWith('/login')) return login(0);
      if (call.endsWith('/refresh')) return nth === 2 ? problem('database_unavailable', 503, true) : login();
      return { status: 200, body: {} };
    });
    await muster.auth.login(CREDENTIALS);
    await muster.me();
    expect(seen[2]?.headers.authorization).toBe(`Bearer access-${issued}`);
    await muster.me();
    expect(seen[4]?.headers.authorization).toBe(`Bearer access-${issued}`);
    await muster.me();
    expect(calls().filter((call) => call.endsWith('/refresh'))).toHaveLength(2);
  });

  it('is over when it can not be renewed', async () => {
    const store = memoryStore();
    const { muster } = await serve(
      ({ call }) => (call.endsWith('/login') ? login(0) : problem('refresh_reused', 401)),
      { store },
    );
    await muster.auth.login(CREDENTIALS);
    await expect(muster.me()).rejects.toMatchObject({ code: 'refresh_reused' });
    expect(store.read()).toBeNull();
  });

  it('takes over what another holder of the store renewed', async () => {
    const store = { ...memoryStore(), exclusively: <T>(work: () => Promise<T>) => work() };
    const { muster, calls, seen } = await serve(
      ({ call, headers }) => {
        if (call.endsWith('/login')) return login();
        return headers.authorization === 'Bearer theirs' ? { status: 200, body: {} } : problem('token_expired', 401);
      },
      { store },
    );
    await muster.auth.login(CREDENTIALS);
    const before = muster.me();
    store.write({ accessToken: 'theirs', refreshToken: 'r', renewAt: Date.now() + 60_000 });
    await before;
    expect(calls().some((call) => call.endsWith('/refresh'))).toBe(false);
    expect(seen.at(-1)?.headers.authorization).toBe('Bearer theirs');
  });

  it('is forgotten at logout, even when the server is gone', async () => {
    const store = memoryStore();
    const { muster, seen } = await serve(
      ({ call }) => (call.endsWith('/login') ? login() : problem('database_unavailable', 503, true)),
      { store },
    );
    await muster.auth.login(CREDENTIALS);
    await expect(muster.auth.logout()).rejects.toMatchObject({ code: 'database_unavailable' });
    expect(store.read()).toBeNull();
    expect(seen.at(-1)).toMatchObject({
      call: 'POST /api/v1/auth/logout',
      headers: { authorization: `Bearer access-${issued}` },
    });
  });
});
