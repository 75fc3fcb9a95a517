import { eventually } from '../support/eventually.js';
import { ADMIN, startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs, PASSWORD } from '../support/people.js';
import { problemOf } from '../support/problem.js';

describe('login and sessions', () => {
  let installation: TestInstallation;

  beforeAll(async () => {
    installation = await startNodes(2);
  });

  afterAll(() => installation.stop());

  it('logs the first administrator in, whatever the case of the e-mail', async () => {
    const api = installation.client();
    const answer = await api.auth.login({ email: 'ADMIN@Example.com', password: ADMIN.password });
    expect(answer).toMatchObject({ expiresIn: 900, agent: { email: ADMIN.email } });
    const me = await api.me();
    expect(me.team.name).toBe('Administrators');
    expect(me.permissions).toContain('agents.manage');
  });

  it('answers an unknown e-mail and a wrong password alike', async () => {
    const api = installation.client();
    const unknown = await problemOf(api.auth.login({ email: 'nobody@example.com', password: 'x' }));
    const wrong = await problemOf(api.auth.login({ email: ADMIN.email, password: 'x' }));
    expect({ ...unknown, requestId: '' }).toEqual({ ...wrong, requestId: '' });
    expect(wrong).toMatchObject({ status: 401, code: 'invalid_credentials' });
  });

  it('tells an inactive agent so, but only after the right password', async () => {
    const admin = await installation.admin();
    const agent = await createAgent(admin, await createTeam(admin, ['inbox.read']), { status: 'inactive' });
    const api = installation.client();
    expect(await problemOf(api.auth.login({ email: agent.email, password: PASSWORD }))).toMatchObject({
      status: 403,
      code: 'agent_inactive',
    });
    expect((await problemOf(api.auth.login({ email: agent.email, password: 'wrong' }))).code).toBe(
      'invalid_credentials',
    );
  });

  it('lets an invited agent set a password once', async () => {
    const admin = await installation.admin();
    const team = await createTeam(admin, ['inbox.read']);
    const created = await admin.agents.create({
      name: 'Invited',
      email: 'invited@example.com',
      phone: '+5511912345678',
      teamId: team.id,
    });
    const token = created.invitation!.token!;
    const api = installation.client();
    await api.auth.acceptInvitation({ token, password: PASSWORD });
    expect((await problemOf(api.auth.acceptInvitation({ token, password: PASSWORD }))).code).toBe('invitation_invalid');
    await api.auth.login({ email: 'Invited@example.com', password: PASSWORD });
    expect((await api.me()).agent.id).toBe(created.id);
  });

  it('ends a session on every node at logout', async () => {
    const admin = await installation.admin();
    const agent = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    const here = installation.client();
    const { accessToken } = await here.auth.login({ email: agent.email, password: PASSWORD });
    const there = (path: string) =>
      fetch(`${installation.nodes[1]?.url}/api/v1${path}`, { headers: { authorization: `Bearer ${accessToken}` } });
    expect((await there('/me')).status).toBe(200);
    await here.auth.logout();
    const refused = await there('/me');
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: 'session_revoked' });
  });

  it('refuses what is not one of our tokens', async () => {
    const get = (authorization: string) =>
      fetch(`${installation.node.url}/api/v1/me`, { headers: { authorization } }).then(
        async (answer) => ((await answer.json()) as { code: string }).code,
      );
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    const claims = Buffer.from('{"sid":"x","sub":"y","exp":9999999999,"iss":"muster","aud":"muster"}').toString(
      'base64url',
    );
    expect(await get(`Bearer ${none}.${claims}.`)).toBe('token_invalid');
    expect(await get('Bearer msk_short')).toBe('token_invalid');
    expect(await get(`Bearer msk_${Buffer.alloc(48, 1).toString('base64url')}`)).toBe('session_revoked');
    expect(await get('Basic abc')).toBe('unauthenticated');
  });

  it('keeps an API key within the rights of its maker, also when these shrink later', async () => {
    const admin = await installation.admin();
    const team = await createTeam(admin, ['api-keys.manage', 'teams.read', 'agents.read']);
    const maker = await loginAs(installation, await createAgent(admin, team));
    const beyond = await problemOf(maker.apiKeys.create({ name: 'k', permissions: ['agents.manage'] }));
    expect(beyond).toMatchObject({ status: 403, code: 'beyond_own_rights' });
    const { key } = await maker.apiKeys.create({ name: 'k', permissions: ['teams.read', 'agents.read'] });
    const withKey = (path: string) =>
      fetch(`${installation.nodes[1]?.url}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } });
    expect((await withKey('/agents')).status).toBe(200);
    await eventually(
      () => maker.apiKeys.list({ q: 'K' }),
      ({ data }) => data[0]?.lastUsedAt !== null,
    );
    expect((await maker.apiKeys.list({ q: 'nothing' })).data).toEqual([]);
    await admin.teams.update(team.id, { permissions: ['api-keys.manage', 'teams.read'] });
    expect((await withKey('/agents')).status).toBe(403);
    expect((await withKey('/teams')).status).toBe(200);
  });

  it('works once with a refresh token, and ends the session when any old one is used', async () => {
    const post = (refreshToken: string) =>
      fetch(`${installation.node.url}/api/v1/auth/refresh`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refreshToken }),
      });
    for (const generation of [0, 1]) {
      const tokens = [await installation.client().auth.login(ADMIN)];
      for (let count = 0; count < 2; count++) {
        tokens.push((await (await post(tokens[count].refreshToken)).json()) as (typeof tokens)[0]);
      }
      if (generation === 1) installation.clock.advance(30_001);
      const reused = await post(tokens[generation].refreshToken);
      expect([reused.status, await reused.json()]).toMatchObject([401, { code: 'refresh_reused' }]);
      expect(await (await post(tokens[2].refreshToken)).json()).toMatchObject({ code: 'session_revoked' });
      const headers = { authorization: `Bearer ${tokens[2].accessToken}` };
      expect((await fetch(`${installation.node.url}/api/v1/me`, { headers })).status).toBe(401);
    }
    for (const token of ['nonsense', `${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}.${'x'.repeat(43)}`]) {
      expect(await (await post(token)).json()).toMatchObject({ status: 401, code: 'token_invalid' });
    }
  });

  it('gives those who use a refresh token at once different ones, of which only one works', async () => {
    const { refreshToken } = await installation.client().auth.login(ADMIN);
    const refresh = async (url: string, token: string) => {
      const answer = await fetch(`${url}/api/v1/auth/refresh`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refreshToken: token }),
      });
      return { status: answer.status, ...((await answer.json()) as { refreshToken: string }) };
    };
    const given = await Promise.all(installation.nodes.map(({ url }) => refresh(url, refreshToken)));
    expect(given.map(({ status }) => status)).toEqual([200, 200]);
    const [one, other] = given.map((answer) => answer.refreshToken);
    expect(one).not.toBe(other);
    const again = [await refresh(installation.node.url, one ?? ''), await refresh(installation.node.url, other ?? '')];
    expect(again.map(({ status }) => status).filter((status) => status === 401).length).toBeGreaterThan(0);
  });
});
