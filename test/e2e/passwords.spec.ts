import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { Permission } from '#contracts';
import { connectRedis } from '../../src/platform/redis/redis-connections.js';
import { MailServer, secretIn } from '../support/mail-server.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs, PASSWORD } from '../support/people.js';
import { problemOf } from '../support/problem.js';
import { testServices } from '../support/services.js';
import { closing, Sockets } from '../support/sockets.js';

const NEW_PASSWORD = 'another-password-for-tests';

describe('passwords and the mails that bring tokens', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let mail: MailServer;
  let database: pg.Client;
  let redis: Redis;
  const sockets = new Sockets();

  beforeAll(async () => {
    mail = await MailServer.start();
    installation = await startNodes(2, {
      MUSTER_SMTP_URL: mail.url,
      MUSTER_MAIL_FROM: 'Muster <muster@example.com>',
      MUSTER_PUBLIC_URL: 'https://muster.example.com',
      LOG_LEVEL: 'silent',
    });
    admin = await installation.admin();
    database = new pg.Client({ connectionString: installation.databaseUrl });
    await database.connect();
    redis = connectRedis(testServices().redisUrl, {});
  });

  afterEach(() => {
    mail.refuseWith = null;
    sockets.disconnect();
  });
  afterAll(async () => {
    redis.disconnect();
    await database.end();
    await installation.stop();
    await mail.stop();
  });

  describe('changing', () => {
    it('ends everything but the session that asks, which goes on with its sockets', async () => {
      const { agent, api } = await newAgent(['inbox.read', 'api-keys.manage']);
      const other = await loginAs(installation, agent, installation.nodes[1]);
      const { key } = await api.apiKeys.create({ name: 'Bot', permissions: ['inbox.read'] });
      const own = await sockets.connect(installation.node.url, '/inbox', await bearerOf(api));
      const others = await Promise.all([
        sockets.connect(installation.node.url, '/inbox', await bearerOf(other)),
        sockets.connect(installation.node.url, '/inbox', key),
      ]);
      const closed = Promise.all(others.map(closing));

      const { receipt } = await api.auth.changePassword({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD });

      expect(receipt).toMatchObject({ cause: 'password_changed', sessions: 1, keys: 1, sockets: 2 });
      expect(receipt.enforcement).toBe('complete');
      expect((await closed).map(({ code }) => code)).toEqual(['session_revoked', 'session_revoked']);
      expect(await own.emitWithAck('presence.set', { availability: 'busy' })).toMatchObject({ ok: true });
      expect((await problemOf(other.me())).code).toBe('session_revoked');
      await api.credentials.renew();
      expect((await api.me()).agent.id).toBe(agent.id);
      const login = (password: string) => installation.client().auth.login({ email: agent.email, password });
      expect((await problemOf(login(PASSWORD))).code).toBe('invalid_credentials');
      await login(NEW_PASSWORD);
    });

    it('needs the current password, and another one as the new one', async () => {
      const { api } = await newAgent(['inbox.read']);
      const change = (currentPassword: string, newPassword: string) =>
        problemOf(api.auth.changePassword({ currentPassword, newPassword }));
      expect(await change('wrong', NEW_PASSWORD)).toMatchObject({ status: 401, code: 'invalid_credentials' });
      expect(await change(PASSWORD, PASSWORD)).toMatchObject({ errors: [{ code: 'password_unchanged' }] });
      expect(await change(PASSWORD, 'short')).toMatchObject({ errors: [{ code: 'password_invalid' }] });
      expect((await api.me()).permissions).toEqual(['inbox.read']);
    });

    it('is not for API keys', async () => {
      const { api } = await newAgent(['api-keys.manage']);
      const { key } = await api.apiKeys.create({ name: 'Bot', permissions: ['api-keys.manage'] });
      const answer = await post('/auth/password', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }, key);
      expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'bad_request' }]);
    });

    it('of one’s own needs the current one: an administrator can’t set it like somebody else’s', async () => {
      const { agent: me } = await admin.me();
      const refused = await problemOf(admin.agents.update(me.id, { password: NEW_PASSWORD }));
      expect(refused).toMatchObject({ status: 403, code: 'self_edit' });
      expect(refused.detail).toContain('POST /api/v1/auth/password');
      expect((await admin.me()).agent.id).toBe(me.id);
    });

    it('counts wrong current passwords, so that a stolen session does not guess it', async () => {
      const { api } = await newAgent(['inbox.read']);
      const guess = () => problemOf(api.auth.changePassword({ currentPassword: 'wrong', newPassword: NEW_PASSWORD }));
      for (let count = 0; count < 10; count++) expect((await guess()).code).toBe('invalid_credentials');
      const right = api.auth.changePassword({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD });
      expect(await problemOf(right)).toMatchObject({ status: 429, code: 'too_many_requests', retryable: true });
    });
  });

  describe('resetting', () => {
    it('sets a new password with a mailed token, once, and ends everything before', async () => {
      const { agent, api } = await newAgent(['inbox.read']);
      const socket = await sockets.connect(installation.nodes[1]?.url ?? '', '/inbox', await bearerOf(api));
      await reset(agent.email.toUpperCase());
      const text = await mail.newest(agent.email);
      expect(text).toContain('From: Muster <muster@example.com>');
      expect(text).toContain('https://muster.example.com/console/#reset=');
      expect(text).not.toContain(PASSWORD);
      const closed = closing(socket);
      const token = secretIn(text);
      const { receipt } = await installation.client().auth.resetPassword({ token, password: NEW_PASSWORD });
      expect(receipt).toMatchObject({ cause: 'password_changed', sessions: 1, sockets: 1, enforcement: 'complete' });
      expect(await closed).toMatchObject({ code: 'session_revoked' });
      expect((await problemOf(api.me())).code).toBe('session_revoked');
      const again = installation.client().auth.resetPassword({ token, password: PASSWORD });
      expect(await problemOf(again)).toMatchObject({ status: 422, code: 'reset_invalid' });
      await api.auth.login({ email: agent.email, password: NEW_PASSWORD });
    });

    it('withdraws the token when there is a newer one, when the hour is over, and when the password is set', async () => {
      const { agent, api } = await newAgent(['inbox.read']);
      const tokens: string[] = [];
      for (const count of [1, 2]) {
        await reset(agent.email);
        tokens.push(secretIn(await mail.newest(agent.email, count)));
      }
      const refused = async (token: string) =>
        (await problemOf(installation.client().auth.resetPassword({ token, password: NEW_PASSWORD }))).code;
      expect(tokens[0]).not.toBe(tokens[1]);
      expect(await refused(tokens[0] ?? '')).toBe('reset_invalid');
      await api.auth.changePassword({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD });
      expect(await refused(tokens[1] ?? '')).toBe('reset_invalid');
      await reset(agent.email);
      const last = secretIn(await mail.newest(agent.email, 3));
      await database.query("update invitation set expires_at = now() - interval '1 s' where kind = 'reset'");
      expect(await refused(last)).toBe('reset_invalid');
      expect(await refused('x'.repeat(43))).toBe('reset_invalid');
    });

    it('answers alike whether there is such an agent or not, and mails only who may log in', async () => {
      const { agent } = await newAgent(['inbox.read']);
      const inactive = await newAgent(['inbox.read'], { status: 'inactive' });
      const answers = [];
      for (const email of [`${randomUUID()}@example.com`, inactive.agent.email, agent.email]) {
        const answer = await post('/auth/password/reset', { email });
        const headers = [...answer.headers].filter(([name]) => !['x-request-id', 'date'].includes(name));
        answers.push({ status: answer.status, headers, text: await answer.text() });
      }
      expect(answers[0]).toMatchObject({ status: 200, text: '{"receipt":null}' });
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual(answers[0]);
      await mail.newest(agent.email);
      expect(mail.mails.some(({ to }) => to === inactive.agent.email)).toBe(false);
    });

    it('mails one account a few times an hour, and an address may not ask without end', async () => {
      const { agent } = await newAgent(['inbox.read']);
      for (let count = 1; count <= 8; count++) {
        await reset(agent.email);
        await mail.newest(agent.email, Math.min(count, 5));
      }
      const last = await newAgent(['inbox.read']);
      await reset(last.agent.email);
      await mail.newest(last.agent.email);
      expect(mail.mails.filter(({ to }) => to === agent.email)).toHaveLength(5);
      const statuses = new Set<number>();
      for (let count = 0; count < 100 && !statuses.has(429); count++) {
        const answer = await post('/auth/password/reset', { email: `${randomUUID()}@example.com` });
        statuses.add(answer.status);
        if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        await answer.arrayBuffer();
      }
      expect(statuses).toEqual(new Set([200, 429]));
      await redis.del(...(await redis.keys(`${installation.redisPrefix}:limit:reset-address:*`)));
    });

    it('refuses a body that asks for both, or for nothing', async () => {
      for (const body of [{}, { password: NEW_PASSWORD }, { token: 'x' }, { workspace: 'x' }, { email: 7 }]) {
        expect((await post('/auth/password/reset', body)).status).toBe(422);
      }
      const both = await post('/auth/password/reset', { email: 'a@b', token: 'x', password: NEW_PASSWORD });
      expect(await both.json()).toMatchObject({ errors: [{ pointer: '/email', code: 'email_unexpected' }] });
    });
  });

  async function newAgent(permissions: Permission[], rest: Parameters<typeof createAgent>[2] = {}) {
    const team = await createTeam(admin, permissions);
    const agent = await createAgent(admin, team, rest);
    const api = rest.status === 'inactive' ? installation.client() : await loginAs(installation, agent);
    return { agent, api };
  }

  async function reset(email: string): Promise<void> {
    await installation.client().auth.resetPassword({ email });
  }

  async function bearerOf(api: MusterApi): Promise<string> {
    return (await api.credentials.bearer()) ?? '';
  }

  function post(path: string, body: object, bearer?: string): Promise<Response> {
    return fetch(`${installation.node.url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) },
      body: JSON.stringify(body),
    });
  }
});
