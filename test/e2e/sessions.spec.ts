import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView, Permission } from '#contracts';
import { SessionsService } from '../../src/auth/sessions/sessions.service.js';
import { eventually } from '../support/eventually.js';
import { ADMIN, startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs, PASSWORD } from '../support/people.js';
import { problemOf } from '../support/problem.js';
import { SessionCalls } from '../support/session-calls.js';
import { closing, Sockets } from '../support/sockets.js';

describe('sessions', () => {
  let installation: TestInstallation;
  const calls = new SessionCalls(() => installation);
  let admin: MusterApi;
  let database: pg.Client;
  const sockets = new Sockets();

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
    database = new pg.Client({ connectionString: installation.databaseUrl });
    await database.connect();
  });

  afterEach(() => sockets.disconnect());
  afterAll(async () => {
    await database.end();
    await installation.stop();
  });

  describe('seen and ended', () => {
    it('shows its owner where each is used from, and no whole address', async () => {
      const { agent, api } = await newAgent();
      const other = await loginAs(installation, agent, installation.nodes[1]);
      const { data } = await api.sessions.list({ sort: 'createdAt' });
      expect(data.map(({ current }) => current)).toEqual([true, false]);
      expect(data[0]).toMatchObject({
        agent: { id: agent.id, name: agent.name },
        client: { userAgent: 'node', network: '127.0.0.0/24' },
      });
      expect((await other.sessions.list()).data.map(({ current }) => current)).toEqual([true, false]);
      expect((await api.sessions.list({ limit: 1 })).page.hasMore).toBe(true);
      const { rows } = await database.query('select s::text from session s where agent_id = $1', [agent.id]);
      expect(JSON.stringify(rows)).not.toContain('127.0.0.1');
    });

    it('ends another of one’s own everywhere, with its sockets, and answers with a receipt', async () => {
      const { agent, api } = await newAgent();
      const other = await loginAs(installation, agent);
      const there = installation.nodes[1]?.url ?? '';
      const socket = await sockets.connect(there, '/inbox', await bearerOf(other));
      const closed = closing(socket);
      const { data } = await api.sessions.list();
      const target = data.find(({ current }) => !current);
      const ended = await api.sessions.end(target?.id ?? '');
      expect(ended).toMatchObject({ id: target?.id, current: false });
      expect(ended.receipt).toMatchObject({ cause: 'session_ended', sessions: 1, sockets: 1, enforcement: 'complete' });
      expect(await closed).toMatchObject({ code: 'session_revoked' });
      expect((await problemOf(other.me())).code).toBe('session_revoked');
      expect((await api.sessions.list()).data).toHaveLength(1);
      expect((await problemOf(api.sessions.end(target?.id ?? ''))).code).toBe('not_found');
    });

    it('answers also who ends the session that asks', async () => {
      const { api } = await newAgent();
      const { data } = await api.sessions.list();
      expect((await api.sessions.end(data[0]?.id ?? '')).receipt).toMatchObject({ sessions: 1 });
      expect((await problemOf(api.me())).code).toBe('session_revoked');
    });

    it('ends all others at once, and for an administrator all of an agent', async () => {
      const { agent, api } = await newAgent();
      const others = [await loginAs(installation, agent), await loginAs(installation, agent, installation.nodes[1])];
      expect(await api.sessions.endAll()).toMatchObject({ ended: 2, receipt: { sessions: 2, cause: 'session_ended' } });
      for (const other of others) expect((await problemOf(other.me())).code).toBe('session_revoked');
      expect(await api.sessions.endAll()).toEqual({ ended: 0, receipt: null });
      expect((await admin.sessions.list({ agentId: agent.id })).data).toHaveLength(1);
      expect(await admin.sessions.endAll({ agentId: agent.id })).toMatchObject({ ended: 1 });
      expect((await problemOf(api.me())).code).toBe('session_revoked');
      const { data } = await admin.agents.receipts(agent.id);
      expect(data.map(({ cause }) => cause)).toEqual(['session_ended', 'session_ended']);
    });

    it('is nobody else’s business without agents.manage', async () => {
      const { agent } = await newAgent();
      const { api } = await newAgent(['agents.read', 'api-keys.manage']);
      const { data } = await admin.sessions.list({ agentId: agent.id });
      expect((await problemOf(api.sessions.list({ agentId: agent.id }))).code).toBe('permission_missing');
      expect((await problemOf(api.sessions.endAll({ agentId: agent.id }))).code).toBe('permission_missing');
      for (const id of [data[0]?.id ?? '', randomUUID(), 'x']) {
        expect((await problemOf(api.sessions.end(id))).code).toBe('not_found');
      }
      expect((await problemOf(admin.sessions.list({ agentId: randomUUID() }))).code).toBe('not_found');
      const { key } = await api.apiKeys.create({ name: 'Bot', permissions: ['agents.read'] });
      expect(await calls.get('/sessions', key)).toMatchObject({ status: 403, code: 'permission_missing' });
      const own = (await api.sessions.list()).data[0]?.id ?? '';
      expect(await calls.get(`/sessions/${own}`, key, 'DELETE')).toMatchObject({ status: 403 });
      expect((await api.me()).agent).toBeDefined();
      expect((await admin.sessions.end(data[0]?.id ?? '')).agent.id).toBe(agent.id);
    });

    it('forgets where it was used from once it is over', async () => {
      const { agent, api } = await newAgent();
      await loginAs(installation, agent);
      await api.auth.logout();
      await installation.node.app.get(SessionsService, { strict: false }).forget();
      const { rows } = await database.query(
        'select revoked_at is null as alive, client, network from session where agent_id = $1 order by created_at',
        [agent.id],
      );
      expect(rows).toEqual([
        { alive: false, client: null, network: null },
        { alive: true, client: 'node', network: '127.0.0.0/24' },
      ]);
    });
  });

  describe('renewed', () => {
    it('go on when an answer was lost, while the token that was lost with it is dead', async () => {
      const first = await installation.client().auth.login(ADMIN);
      const lost = await calls.refreshed(first.refreshToken);
      const found = await calls.refreshed(first.refreshToken, 1);
      expect(new Set([first, lost, found].map(({ refreshToken }) => refreshToken)).size).toBe(3);
      const next = await calls.refreshed(found.refreshToken);
      expect((await calls.get('/me', next.accessToken)).status).toBe(200);
      expect(await calls.refresh(lost.refreshToken)).toMatchObject({ status: 401, code: 'refresh_reused' });
      expect((await calls.get('/me', next.accessToken)).code).toBe('session_revoked');
    });

    it('end with the sockets on every node when a token is repeated too late, or after the newer one was used', async () => {
      for (const tooLate of [true, false]) {
        const first = await installation.client().auth.login(ADMIN);
        const second = await calls.refreshed(first.refreshToken);
        const newest = tooLate ? second : await calls.refreshed(second.refreshToken);
        const socket = await sockets.connect(installation.nodes[1]?.url ?? '', '/inbox', newest.accessToken);
        const closed = closing(socket);
        if (tooLate) installation.clock.advance(30_001);
        expect(await calls.refresh(first.refreshToken)).toMatchObject({ status: 401, code: 'refresh_reused' });
        expect(await closed).toMatchObject({ code: 'session_revoked' });
        expect((await calls.get('/me', newest.accessToken, 'GET', 1)).code).toBe('session_revoked');
        expect((await calls.refresh(newest.refreshToken)).code).toBe('session_revoked');
      }
    });

    it('never escape a deactivation that they meet on the way', async () => {
      for (const order of ['refresh first', 'deactivation first'] as const) {
        const { agent } = await newAgent();
        const login = await installation.client().auth.login({ email: agent.email, password: PASSWORD });
        const race = await whileHeld(agent.id, async () => {
          const acts = {
            refresh: () => calls.refresh(login.refreshToken, 1),
            deactivate: () => admin.agents.update(agent.id, { status: 'inactive' }),
          };
          const isRefreshFirst = order === 'refresh first';
          const refreshing = isRefreshFirst ? acts.refresh() : null;
          if (isRefreshFirst) await untilWaiting(1);
          const deactivating = acts.deactivate();
          await untilWaiting(isRefreshFirst ? 2 : 1);
          const late = refreshing ?? acts.refresh();
          await untilWaiting(2);
          return { refreshing: late, deactivating };
        });
        const [answer, { receipt }] = await Promise.all([race.refreshing, race.deactivating]);
        expect(receipt).toMatchObject({ sessions: 2, enforcement: 'complete' });
        for (const node of [0, 1]) {
          const bearer = 'accessToken' in answer ? String(answer.accessToken) : login.accessToken;
          expect((await calls.get('/me', bearer, 'GET', node)).code).toBe('agent_inactive');
          const token = 'refreshToken' in answer ? String(answer.refreshToken) : login.refreshToken;
          expect((await calls.refresh(token, node)).code).toBe('agent_inactive');
        }
        await admin.agents.update(agent.id, { status: 'active' });
        expect((await calls.refresh(login.refreshToken)).code).toBe('session_revoked');
      }
    });
  });

  async function newAgent(permissions: Permission[] = ['inbox.read']): Promise<{ agent: AgentView; api: MusterApi }> {
    const agent = await createAgent(admin, await createTeam(admin, permissions));
    return { agent, api: await loginAs(installation, agent) };
  }

  async function bearerOf(api: MusterApi): Promise<string> {
    return (await api.credentials.bearer()) ?? '';
  }

  /** Whoever wants the agent's row waits until `work` is done, in the order in which they came. */
  async function whileHeld<T>(agentId: string, work: () => Promise<T>): Promise<T> {
    await database.query('begin');
    await database.query('select from agent where id = $1 for update', [agentId]);
    try {
      return await work();
    } finally {
      await database.query('commit');
    }
  }

  async function untilWaiting(count: number): Promise<void> {
    await eventually(
      async () => {
        await database.query('select pg_stat_clear_snapshot()');
        const { rows } = await database.query<{ count: number }>(
          "select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
        );
        return rows[0]?.count ?? 0;
      },
      (waiting) => waiting >= count,
    );
  }
});
