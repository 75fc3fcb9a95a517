import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { MusterApi } from '#client';
import type { AgentView, Permission } from '#contracts';
import { eventually } from '../support/eventually.js';
import { ADMIN, startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs, PASSWORD } from '../support/people.js';
import { SessionCalls } from '../support/session-calls.js';
import { Sockets } from '../support/sockets.js';

const SECRET = 'a-secret-that-only-the-tests-know-of';

describe('sessions under attack', () => {
  let installation: TestInstallation;
  const calls = new SessionCalls(() => installation);
  let admin: MusterApi;
  const sockets = new Sockets();

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
  });

  afterEach(() => sockets.disconnect());
  afterAll(async () => {
    await installation.stop();
  });

  describe('forged', () => {
    it('tokens are refused over HTTP and at the handshake, on every node', async () => {
      const { accessToken, refreshToken } = await installation.client().auth.login(ADMIN);
      const { key } = await admin.apiKeys.create({ name: 'Bot', permissions: ['inbox.read'] });
      for (const token of [...forgeries(accessToken), refreshToken, `${key}x`, `msk_${'A'.repeat(64)}`]) {
        for (const node of [0, 1]) {
          const { status, code } = await calls.get('/me', token, 'GET', node);
          expect([token, status]).toEqual([token, 401]);
          expect(['token_invalid', 'unauthenticated', 'session_revoked']).toContain(code);
        }
        const connecting = sockets.connect(installation.node.url, '/inbox', token);
        await expect(connecting).rejects.toMatchObject({ data: { status: 401 } });
      }
    });

    it('a made-up refresh token does not end the session that it names', async () => {
      const { accessToken, refreshToken } = await installation.client().auth.login(ADMIN);
      const [id = '', secret = '', seal = ''] = refreshToken.split('.');
      const madeUp = 'A'.repeat(43);
      for (const token of [`${id}.${madeUp}`, `${id}.${madeUp}.${seal}`, `${id}.${secret}.${madeUp}`]) {
        expect(await calls.refresh(token)).toMatchObject({ status: 401, code: 'token_invalid' });
      }
      expect((await calls.get('/me', accessToken)).status).toBe(200);
      await calls.refreshed(refreshToken);
    });

    it('an access token or a key is no refresh token', async () => {
      const { accessToken } = await installation.client().auth.login(ADMIN);
      const { key } = await admin.apiKeys.create({ name: 'Bot', permissions: ['inbox.read'] });
      for (const token of [accessToken, key]) expect((await calls.refresh(token)).status).toBeGreaterThanOrEqual(401);
      expect((await calls.get('/me', accessToken)).status).toBe(200);
    });

    it('a token that has expired is refused, and its socket closed', async () => {
      const { agent } = await newAgent(['inbox.read']);
      const { accessToken } = await installation.client().auth.login({ email: agent.email, password: PASSWORD });
      const open = await sockets.connect(installation.node.url, '/inbox', accessToken);
      const closed = new Promise((resolve) => open.once('session.closed', resolve));
      installation.clock.advance(900_000);
      expect(await closed).toMatchObject({ code: 'token_expired', retryable: true });
      expect(await calls.get('/me', accessToken)).toMatchObject({ status: 401, code: 'token_expired' });
      const connecting = sockets.connect(installation.node.url, '/inbox', accessToken);
      await expect(connecting).rejects.toMatchObject({ data: { code: 'token_expired' } });
      await admin.credentials.renew();
    });
  });

  it('a client that comes back with its old position after a revocation gets nothing', async () => {
    const { agent, api } = await newAgent(['inbox.read', 'dashboard.view']);
    const token = await bearerOf(api);
    const socket = await sockets.connect(installation.node.url, '/dashboard', token);
    const { data } = (await socket.emitWithAck('subscribe', { topic: 'roster' })) as {
      data: { epoch: string; offset: number };
    };
    await admin.agents.update(agent.id, { status: 'inactive' });
    for (const { url } of installation.nodes) {
      const again = sockets.connect(url, '/dashboard', token);
      await expect(again).rejects.toMatchObject({ data: { code: 'agent_inactive' } });
    }
    // A socket that is asked in the tick in which it is being closed.
    const late = await Promise.race([
      socket.emitWithAck('subscribe', { topic: 'roster', epoch: data.epoch, offset: data.offset }),
      eventually(
        () => socket.disconnected,
        (gone) => gone,
      ),
    ]);
    expect({ late }).not.toMatchObject({ late: { ok: true } });
  });

  it('a flood of events in the tick of the revocation brings none through after the reply', async () => {
    const { agent, api } = await newAgent(['inbox.read', 'inbox.reply']);
    const token = await bearerOf(api);
    const flooding = await Promise.all(installation.nodes.map(({ url }) => sockets.connect(url, '/inbox', token)));
    let isOver = false;
    let before = 0;
    const succeededAfter: unknown[] = [];
    const flood = flooding.map(async (socket) => {
      while (socket.connected) {
        const wasOver = isOver;
        const batch = Array.from(
          { length: 50 },
          () => socket.timeout(5_000).emitWithAck('presence.set', { availability: 'busy' }) as Promise<{ ok: boolean }>,
        );
        for (const { status, value } of await settled(batch)) {
          if (status === 'fulfilled' && value?.ok) (wasOver ? succeededAfter : { push: () => before++ }).push(value);
        }
      }
    });
    await eventually(
      () => before,
      (count) => count > 20,
    );
    const { receipt } = await admin.agents.update(agent.id, { status: 'inactive' });
    isOver = true;
    await Promise.all(flood);
    expect(receipt).toMatchObject({ sockets: 2, enforcement: 'complete' });
    expect(succeededAfter).toEqual([]);
  });

  it('goes on when the secret is changed and the former one listed, and ends when it is not', async () => {
    const variables: Record<string, string> = { MUSTER_JWT_SECRET: 's'.repeat(40) };
    const own = await startNodes(1, variables);
    try {
      const { accessToken } = await own.client().auth.login(ADMIN);
      const statusAt = async (url: string) =>
        (await fetch(`${url}/api/v1/me`, { headers: { authorization: `Bearer ${accessToken}` } })).status;
      variables['MUSTER_JWT_SECRET'] = 't'.repeat(40);
      variables['MUSTER_JWT_SECRETS_OLD'] = `${'u'.repeat(40)}\n${'s'.repeat(40)}`;
      expect(await statusAt((await own.start()).url)).toBe(200);
      delete variables['MUSTER_JWT_SECRETS_OLD'];
      expect(await statusAt((await own.start()).url)).toBe(401);
    } finally {
      await own.stop();
    }
  });

  async function newAgent(permissions: Permission[] = ['inbox.read']): Promise<{ agent: AgentView; api: MusterApi }> {
    const agent = await createAgent(admin, await createTeam(admin, permissions));
    return { agent, api: await loginAs(installation, agent) };
  }

  async function bearerOf(api: MusterApi): Promise<string> {
    return (await api.credentials.bearer()) ?? '';
  }

  /** Tokens that say what a good one says, made by somebody else or for something else. */
  function forgeries(good: string): string[] {
    const [header, claims] = good
      .split('.', 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const input = (h: object, c: object) => `${encode({ ...header, ...h })}.${encode({ ...claims, ...c })}`;
    const hmac = (text: string, secret = SECRET) =>
      `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rsa = input({ alg: 'RS256' }, {});
    return [
      `${input({ alg: 'none' }, {})}.`,
      `${input({ alg: 'none' }, {})}.${good.split('.')[2]}`,
      `${rsa}.${sign('sha256', Buffer.from(rsa), privateKey).toString('base64url')}`,
      hmac(input({ alg: 'RS256' }, {})),
      hmac(input({}, {}), 'another-secret-of-somebody-else-altogether'),
      hmac(input({ typ: 'JWT' }, {})),
      hmac(input({ kid: 'AAAAAAAA' }, {})),
      hmac(input({ kid: undefined }, {})),
      hmac(input({}, { aud: 'another' })),
      hmac(input({}, { iss: 'another' })),
      hmac(input({}, { sid: randomUUID() })),
      hmac(input({}, { exp: undefined })),
    ];
  }
});

/** As `Promise.allSettled`, without the noise of its types. */
async function settled<T>(all: Promise<T>[]): Promise<{ status: string; value?: T }[]> {
  return Promise.allSettled(all);
}
