import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import type { MusterApi } from '#client';
import type { AgentView, Problem } from '#contracts';
import { LoginLimits } from '../../src/auth/login-limits.js';
import { createOpaqueToken } from '../../src/auth/opaque-token.js';
import { Passwords } from '../../src/auth/passwords.js';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';
import { type RedisProxy, startRedisProxy } from '../support/redis-proxy.js';
import { testServices } from '../support/services.js';

interface Answer {
  status: number;
  code: string | null;
  headers: Headers;
  body: Problem;
}

/** Proxies are believed, so that a test can come from anywhere. */
const BEHIND_PROXY = { TRUST_PROXY: 'true' };

describe('guessing passwords', () => {
  let installation: TestInstallation;
  let admin: MusterApi;

  beforeAll(async () => {
    installation = await startNodes(2, BEHIND_PROXY);
    admin = await installation.admin();
  });

  afterAll(() => installation.stop());

  it('is refused after ten wrong ones, on every node, with the right one too', async () => {
    const { email } = await newAgent();
    for (let count = 1; count <= 10; count++) {
      const wrong = await login(email, 'wrong', `198.51.100.${count}`, installation.nodes[count % 2]);
      expect(wrong).toMatchObject({ status: 401, code: 'invalid_credentials' });
      expect(wrong.headers.get('ratelimit')).toMatch(
        new RegExp(`^"login";r=${10 - count};t=\\d+, "login-address";r=99`),
      );
      expect(wrong.headers.get('ratelimit-policy')).toBe('"login";q=10;w=900, "login-address";q=100;w=900');
    }
    for (const node of installation.nodes) {
      const refused = await login(email, PASSWORD, '198.51.100.77', node);
      expect(refused).toMatchObject({ status: 429, code: 'too_many_requests', body: { retryable: true } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(890);
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(900);
    }
    const limits = installation.node.app.get(LoginLimits, { strict: false });
    expect(await limits.lockedSeconds({ workspace: 'default', email: email.toUpperCase() })).toBeGreaterThan(890);
    expect(await limits.lockedSeconds({ workspace: 'default', email: 'somebody@example.com' })).toBe(0);
  });

  it('tells nothing of whether there is such an account, before the lock and under it', async () => {
    const emails = [(await newAgent()).email, `${randomUUID()}@example.com`];
    const answers = [];
    for (const email of emails) {
      const same = [];
      for (let count = 0; count < 12; count++) same.push(await login(email, 'wrong', '198.51.100.8'));
      answers.push(
        same.map(({ status, headers, body }) => ({
          ...body,
          status,
          limit: limitOf(headers),
          requestId: '',
          // Seconds pass while this is asked.
          retryAfter: body.retryAfter === undefined ? undefined : Math.ceil(body.retryAfter / 60),
        })),
      );
    }
    expect(answers[0]?.map(({ status }) => status)).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    expect(answers[1]).toEqual(answers[0]);
  });

  it('does as much work for an unknown e-mail as for a wrong password', async () => {
    const { email } = await newAgent();
    const passwords = installation.node.app.get(Passwords, { strict: false });
    const compared: number[] = [];
    const matching = passwords.matching.bind(passwords);
    passwords.matching = async (password, hashes) => {
      const results = await matching(password, hashes);
      compared.push(results.length);
      return results;
    };
    await login(email, 'wrong', '198.51.100.9');
    await login(`${randomUUID()}@example.com`, 'wrong', '198.51.100.9');
    passwords.matching = matching;
    expect(compared).toEqual([1, 1]);
  });

  it('from elsewhere does not lock the owner out, who has logged in from home before', async () => {
    const { email } = await newAgent();
    const home = '203.0.113.5';
    expect((await login(email, PASSWORD, home)).status).toBe(200);
    for (let count = 0; count < 15; count++) await login(email, 'wrong', `198.51.101.${count}`);
    expect((await login(email, PASSWORD, '203.0.113.6')).status).toBe(429);
    expect((await login(email, PASSWORD, home)).status).toBe(200);
    for (let count = 0; count < 10; count++) expect((await login(email, 'wrong', home)).status).toBe(401);
    expect((await login(email, PASSWORD, home)).status).toBe(429);
  });

  it('from one address is refused whatever the accounts, but not to others there who are known', async () => {
    const [known, fresh] = [await newAgent(), await newAgent()];
    const office = '203.0.113.9';
    await login(known.email, PASSWORD, office);
    const wrong = await Promise.all(
      Array.from({ length: 130 }, (_, index) => login(`nobody-${index}@example.com`, 'wrong', office)),
    );
    const statuses = wrong.map(({ status }) => status);
    // As many as are being compared at once may slip through on each node.
    expect(statuses.filter((status) => status === 401).length).toBeLessThan(110);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(20);
    expect((await login(fresh.email, PASSWORD, office)).status).toBe(429);
    expect((await login(fresh.email, PASSWORD, '203.0.113.10')).status).toBe(200);
    expect((await login(known.email, PASSWORD, office)).status).toBe(200);
  });

  it('counts only what is wrong: many may log in at once', async () => {
    const { email } = await newAgent();
    const answers = await Promise.all(Array.from({ length: 40 }, () => login(email, PASSWORD, '203.0.113.20')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('is forgotten when the owner sets a password by an invitation', async () => {
    const team = await createTeam(admin, ['inbox.read']);
    const email = `${randomUUID()}@example.com`;
    const created = await admin.agents.create({ name: 'Ana', email, phone: '+5511912345678', teamId: team.id });
    for (let count = 0; count < 10; count++) await login(email, 'wrong', `198.51.102.${count}`);
    expect((await login(email, 'wrong', '198.51.102.99')).status).toBe(429);
    const token = created.invitation?.token ?? '';
    await installation.client().auth.acceptInvitation({ token, password: PASSWORD });
    expect((await login(email, PASSWORD, '198.51.102.99')).status).toBe(200);
  });

  it('keeps few waiting, and sends the others away at once', async () => {
    const passwords = installation.node.app.get(Passwords, { strict: false });
    let release: (value: unknown) => void = () => undefined;
    const held = new Promise((resolve) => (release = resolve));
    const waiting = Array.from({ length: 400 }, () =>
      passwords
        .matching('x', async () => {
          await held;
          return [];
        })
        .then(
          () => null,
          (error: { code: string }) => error.code,
        ),
    );
    expect(await login('nobody@example.com', 'x', '198.51.100.200')).toMatchObject({ code: 'too_many_requests' });
    // Who is logged in notices nothing.
    expect((await admin.me()).agent).toBeDefined();
    release(null);
    const refused = (await Promise.all(waiting)).filter((code) => code === 'too_many_requests');
    expect(refused.length).toBeGreaterThanOrEqual(190);
  });

  describe('with a twin of the same e-mail in another workspace', () => {
    const TWIN_PASSWORD = 'a-password-of-the-twin';
    let other: Pool;

    beforeAll(() => {
      other = new Pool({ connectionString: installation.databaseUrl, max: 1 });
    });

    afterAll(() => other.end());

    it('stays locked: whoever is the twin gets no more tries, from where the twin has logged in either', async () => {
      const { email } = await newAgent();
      await addTwin(email);
      const there = '203.0.113.40';
      expect((await login(email, TWIN_PASSWORD, there)).status).toBe(200);
      for (let count = 0; count < 10; count++) await login(email, 'wrong', `198.51.104.${count}`, undefined, 'default');
      expect((await login(email, PASSWORD, there, undefined, 'default')).status).toBe(429);
      expect(await login(email, PASSWORD, there)).toMatchObject({ status: 401, code: 'invalid_credentials' });
      expect((await login(email, TWIN_PASSWORD, there)).status).toBe(200);
    });

    it('is not forgiven when the twin sets a password by a token', async () => {
      const { email } = await newAgent();
      const token = await addTwin(email);
      for (let count = 0; count < 10; count++) await login(email, 'wrong', `198.51.105.${count}`);
      await installation.client().auth.acceptInvitation({ token, password: TWIN_PASSWORD });
      expect((await login(email, PASSWORD, '198.51.105.99', undefined, 'default')).status).toBe(429);
      expect((await login(email, TWIN_PASSWORD, '198.51.105.99')).status).toBe(200);
      const limits = installation.node.app.get(LoginLimits, { strict: false });
      expect(await limits.lockedSeconds({ workspace: 'default', email })).toBeGreaterThan(0);
      const lockOut = (await admin.access.diagnosis(email)).checks.find(({ check }) => check === 'lock_out');
      expect(lockOut).toMatchObject({ ok: false });
    });

    it('is not guessed for free by logging in as the twin with the guess', async () => {
      const { email } = await newAgent();
      await addTwin(email);
      for (let count = 0; count < 10; count++) {
        expect((await login(email, TWIN_PASSWORD, `198.51.106.${count}`)).status).toBe(200);
      }
      expect((await login(email, PASSWORD, '198.51.106.99', undefined, 'default')).status).toBe(429);
    });

    it('is not locked by wrong passwords for the twin, and no header tells that there is one', async () => {
      const { email } = await newAgent();
      await addTwin(email);
      const wrong = await login(email, 'wrong', '198.51.107.1');
      expect(wrong.headers.get('ratelimit')).toMatch(/^"login";r=9;t=\d+, "login-address";r=\d+;t=\d+$/);
      for (let count = 0; count < 12; count++) await login(email, 'wrong', `198.51.108.${count}`, undefined, 'other');
      expect((await login(email, PASSWORD, '198.51.108.99', undefined, 'default')).status).toBe(200);
      const lockOut = (await admin.access.diagnosis(email)).checks.find(({ check }) => check === 'lock_out');
      expect(lockOut?.ok).not.toBe(false);
    });

    /** The twin, as rows, with a password and an invitation that is still out; resolves to its token. */
    async function addTwin(email: string): Promise<string> {
      const hash = await installation.node.app.get(Passwords, { strict: false }).hash(TWIN_PASSWORD);
      const { token, hash: tokenHash } = createOpaqueToken();
      await other.query(
        `with fresh as (
           insert into workspace (id, slug, name, created_at) values (gen_random_uuid(), 'other', 'Other', now())
           on conflict (slug) do update set name = excluded.name returning id
         ), t as (
           insert into team (id, workspace_id, name, status, permissions, capacity, created_at, updated_at)
           select gen_random_uuid(), id, 'Team ' || gen_random_uuid(), 'active', '{}', 5, now(), now() from fresh
           returning id, workspace_id
         ), a as (
           insert into agent (id, workspace_id, team_id, name, email, phone, password_hash, status, created_at, updated_at)
           select gen_random_uuid(), workspace_id, id, 'Twin', $1, '+5511912345678', $2, 'active', now(), now() from t
           returning id, workspace_id
         )
         insert into invitation (token_hash, id, kind, workspace_id, agent_id, created_at, expires_at)
         select $3, gen_random_uuid(), 'invitation', workspace_id, id, now(), now() + interval '1 day' from a`,
        [email, hash, tokenHash],
      );
      return token;
    }
  });

  async function newAgent(): Promise<AgentView> {
    return createAgent(admin, await createTeam(admin, ['inbox.read']));
  }

  function login(email: string, password: string, from: string, node = installation.node, workspace?: string) {
    return loginAt(node.url, email, password, from, workspace);
  }
});

describe('guessing passwords while Redis is away', () => {
  let installation: TestInstallation;
  let proxy: RedisProxy;

  beforeAll(async () => {
    proxy = await startRedisProxy(testServices().redisUrl);
    installation = await startNodes(1, { ...BEHIND_PROXY, REDIS_URL: proxy.url });
  });

  afterAll(async () => {
    await installation.stop();
    await proxy.stop();
  });

  it('is counted by the node itself: nobody is locked out, and the door stays shut', async () => {
    const admin = await installation.admin();
    const { email } = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    const at = (password: string, from: string) => loginAt(installation.node.url, email, password, from);
    proxy.cut();
    await untilStatus('degraded');
    expect((await at(PASSWORD, '203.0.113.30')).status).toBe(200);
    for (let count = 0; count < 10; count++) expect((await at('wrong', `198.51.103.${count}`)).status).toBe(401);
    expect((await at('wrong', '198.51.103.99')).status).toBe(429);
    expect((await at(PASSWORD, '203.0.113.30')).status).toBe(200);
    proxy.mend();
    await untilStatus('ready');
  });

  it('is not slowed down by a Redis that is slow', async () => {
    const admin = await installation.admin();
    const { email } = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    proxy.delay(10_000);
    const began = performance.now();
    expect((await loginAt(installation.node.url, email, PASSWORD, '203.0.113.31')).status).toBe(200);
    // An answer of Redis takes twenty seconds.
    expect(performance.now() - began).toBeLessThan(15_000);
    proxy.mend();
    await untilStatus('ready');
  });

  async function untilStatus(expected: string): Promise<void> {
    await eventually(
      async () => ((await (await fetch(`${installation.node.url}/readyz`)).json()) as { status: string }).status,
      (status) => status === expected,
    );
  }
});

async function loginAt(
  url: string,
  email: string,
  password: string,
  from: string,
  workspace?: string,
): Promise<Answer> {
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
    body: JSON.stringify({ email, password, workspace }),
  });
  const body = (await answer.json()) as Problem;
  return { status: answer.status, code: body.code ?? null, headers: answer.headers, body };
}

/** What is left, without the seconds, which pass. */
function limitOf(headers: Headers): string[] {
  return [...(headers.get('ratelimit') ?? '').matchAll(/"[\w-]+";r=\d+/g)].map(([text]) => text).slice(0, 1);
}
