import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView, Permission } from '#contracts';
import { connectRedis } from '../../src/platform/redis/redis-connections.js';
import { eventually } from '../support/eventually.js';
import { MailServer, secretIn } from '../support/mail-server.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs, PASSWORD } from '../support/people.js';
import { problemOf } from '../support/problem.js';
import { testServices } from '../support/services.js';

const NEW_PASSWORD = 'another-password-for-tests';

describe('invitations by mail', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let mail: MailServer;
  let database: pg.Client;
  let redis: Redis;

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
  });
  afterAll(async () => {
    redis.disconnect();
    await database.end();
    await installation.stop();
    await mail.stop();
  });

  it('mails the token to the agent and shows it to nobody else, nor leaves it anywhere', async () => {
    const { agent, invitation } = await invited();
    expect(invitation).toEqual({ token: null, expiresAt: expect.any(String) });
    const token = secretIn(await mail.newest(agent.email));
    const { rows } = await database.query<{ text: string }>(
      'select string_agg(i::text, chr(10)) || (select string_agg(o::text, chr(10)) from outbox o) as text from invitation i',
    );
    expect(rows[0]?.text).not.toContain(token);
    const kept = await everythingIn(redis, installation.redisPrefix);
    expect(kept).toContain('auth.mail-token');
    expect(kept).not.toContain(token);
    expect(kept.toLowerCase()).not.toContain(agent.email);
    const { receipt } = await installation.client().auth.acceptInvitation({ token, password: NEW_PASSWORD });
    expect(receipt).toMatchObject({ cause: 'password_changed', sessions: 0, enforcement: 'complete' });
    await installation.client().auth.login({ email: agent.email, password: NEW_PASSWORD });
  });

  it('can be repeated, which withdraws the one before, and is in the log', async () => {
    const { agent } = await invited();
    const first = secretIn(await mail.newest(agent.email));
    expect(await admin.sessions.inviteAgain(agent.id)).toMatchObject({ token: null });
    const second = secretIn(await mail.newest(agent.email, 2));
    const accept = (token: string) => installation.client().auth.acceptInvitation({ token, password: NEW_PASSWORD });
    expect((await problemOf(accept(first))).code).toBe('invitation_invalid');
    const asReset = installation.client().auth.resetPassword({ token: second, password: NEW_PASSWORD });
    expect((await problemOf(asReset)).code).toBe('reset_invalid');
    await accept(second);
    const { rows } = await database.query('select action from audit_entry where target_id = $1 order by id', [
      agent.id,
    ]);
    expect(rows.map(({ action }: { action: string }) => action)).toEqual(
      expect.arrayContaining(['agent.created', 'agent.invited', 'agent.password_set']),
    );
  });

  it('is over when the agent gets another e-mail: what went to the first may be in other hands', async () => {
    const { agent } = await invited();
    const token = secretIn(await mail.newest(agent.email));
    await admin.agents.update(agent.id, { email: `${randomUUID()}@example.com` });
    const accepted = installation.client().auth.acceptInvitation({ token, password: NEW_PASSWORD });
    expect((await problemOf(accepted)).code).toBe('invitation_invalid');
  });

  it('does not work while the agent is inactive, is not used up by trying, and never works once deleted', async () => {
    const { agent } = await invited();
    const token = secretIn(await mail.newest(agent.email));
    const accept = () => installation.client().auth.acceptInvitation({ token, password: NEW_PASSWORD });
    await admin.agents.update(agent.id, { status: 'inactive' });
    expect(await problemOf(accept())).toMatchObject({ status: 422, code: 'invitation_invalid' });
    await admin.agents.update(agent.id, { status: 'active' });
    await accept();
    await installation.client().auth.login({ email: agent.email, password: NEW_PASSWORD });
    await reset(agent.email);
    const forgotten = secretIn(await mail.newest(agent.email, 2));
    await admin.agents.update(agent.id, { status: 'inactive' });
    const complete = () => installation.client().auth.resetPassword({ token: forgotten, password: PASSWORD });
    expect(await problemOf(complete())).toMatchObject({ status: 422, code: 'reset_invalid' });
    await admin.agents.delete(agent.id);
    expect((await problemOf(complete())).code).toBe('reset_invalid');
  });

  it('is not for who can do more, nor for who is deleted or in no workspace of ours', async () => {
    const { api } = await newAgent(['agents.manage']);
    const { agent: me } = await admin.me();
    expect((await problemOf(api.sessions.inviteAgain(me.id))).code).toBe('beyond_own_rights');
    const { agent } = await invited();
    await admin.agents.delete(agent.id);
    expect((await problemOf(admin.sessions.inviteAgain(agent.id))).code).toBe('not_found');
    expect((await problemOf(admin.sessions.inviteAgain(randomUUID()))).code).toBe('not_found');
  });

  it('tries again until the server takes the mail, and sends the same token', async () => {
    mail.refuseWith = 451;
    const before = mail.refused;
    const { agent } = await invited();
    await eventually(
      () => mail.refused - before,
      (count) => count > 0,
    );
    await eventually(
      () => metric('failed'),
      (count) => count > 0,
    );
    mail.refuseWith = null;
    await handOutAgain();
    const token = secretIn(await mail.newest(agent.email));
    await installation.client().auth.acceptInvitation({ token, password: NEW_PASSWORD });
  });

  it('gives up on an address that the server will never take', async () => {
    mail.refuseWith = 550;
    const { agent } = await invited();
    await eventually(
      () => metric('refused'),
      (count) => count > 0,
    );
    mail.refuseWith = null;
    await handOutAgain();
    const next = await invited();
    await mail.newest(next.agent.email);
    expect(mail.mails.some(({ to }) => to === agent.email)).toBe(false);
  });

  /** As after a minute. */
  async function handOutAgain(): Promise<void> {
    await database.query("update outbox set handed_at = handed_at - interval '2 minutes' where done_at is null");
  }

  async function metric(outcome: string): Promise<number> {
    const texts = await Promise.all(installation.nodes.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
    const values = texts.map((text) => text.match(new RegExp(`muster_mails_total{outcome="${outcome}"} (\\d+)`))?.[1]);
    return values.reduce((sum, value) => sum + Number(value ?? 0), 0);
  }

  async function newAgent(permissions: Permission[], rest: Parameters<typeof createAgent>[2] = {}) {
    const team = await createTeam(admin, permissions);
    const agent = await createAgent(admin, team, rest);
    const api = rest.status === 'inactive' ? installation.client() : await loginAs(installation, agent);
    return { agent, api };
  }

  async function invited() {
    const team = await createTeam(admin, ['inbox.read']);
    const email = `${randomUUID()}@example.com`;
    const created = await admin.agents.create({ name: 'Ana', email, phone: '+5511912345678', teamId: team.id });
    return { agent: created as AgentView, invitation: created.invitation };
  }

  async function reset(email: string): Promise<void> {
    await installation.client().auth.resetPassword({ email });
  }
});

/** Every key and value under the prefix, as text. */
async function everythingIn(redis: Redis, prefix: string): Promise<string> {
  const keys = await redis.keys(`${prefix}*`);
  const dumps = await Promise.all(
    keys.map(async (key) => {
      const type = await redis.type(key);
      if (type === 'hash') return JSON.stringify(await redis.hgetall(key));
      if (type === 'string') return redis.get(key);
      if (type === 'list') return JSON.stringify(await redis.lrange(key, 0, -1));
      if (type === 'zset') return JSON.stringify(await redis.zrange(key, '0', '-1'));
      return type === 'stream' ? JSON.stringify(await redis.xrange(key, '-', '+')) : '';
    }),
  );
  return [...keys, ...dumps].join('\n');
}
