import { io, type Socket } from 'socket.io-client';
import type { MusterApi } from '#client';
import type { Ack, AgentView, Problem, TeamView } from '#contracts';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { type PostgresProxy, startPostgresProxy } from '../support/postgres-proxy.js';

/** The prepared statement that reads authorities. */
const STATEMENT = 'authority';
const RECOVERED_WITHIN_MS = 10_000;
const UNAVAILABLE = { status: 503, code: 'database_unavailable', retryable: true };

interface Answer {
  status: number;
  headers: Headers;
  answer: unknown;
}

/** The second node reaches PostgreSQL through a proxy; the first one always does. */
describe('a node that can not read authorities', () => {
  let installation: TestInstallation;
  let proxy: PostgresProxy;
  let url: string;
  let admin: MusterApi;
  let team: TeamView;
  let agent: AgentView;
  let token: string;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    const variables: Record<string, string> = {};
    installation = await startNodes(1, variables);
    proxy = await startPostgresProxy(installation.databaseUrl);
    variables.DATABASE_URL = proxy.url;
    url = (await installation.start()).url;
    admin = await installation.admin();
  });

  beforeEach(async () => {
    team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    agent = await createAgent(admin, team);
    token = (await (await loginAs(installation, agent)).credentials.bearer()) ?? '';
    await eventually(status, (code) => code === 200, RECOVERED_WITHIN_MS);
  });

  afterEach(() => {
    proxy.mend();
    sockets.splice(0).forEach((socket) => socket.disconnect());
  });

  afterAll(async () => {
    await installation.stop();
    await proxy.stop();
  });

  describe.each([
    ['because PostgreSQL is away', () => proxy.cut()],
    ['because that statement fails', () => proxy.refuse(STATEMENT)],
    ['because nothing is heard of that statement', () => proxy.hold(STATEMENT)],
  ])('%s', (_why, breakIt) => {
    it('answers 503 to every request, and never what it knew before', async () => {
      expect(await status()).toBe(200);
      breakIt();
      for (const [method, path, body] of [
        ['GET', '/me'],
        ['GET', '/conversations'],
        ['GET', '/inbox/assignable'],
        ['GET', `/agents/${agent.id}/permissions`],
        ['POST', '/access/check', { permissions: ['inbox.read'] }],
        ['PUT', `/agents/${agent.id}/presence`, { availability: 'busy' }],
      ] as const) {
        const { headers, answer } = await request(method, path, body);
        expect({ path, type: headers.get('content-type'), answer }).toEqual({
          path,
          type: expect.stringContaining('application/problem+json'),
          answer: expect.objectContaining(UNAVAILABLE),
        });
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
    });

    it('refuses the events of open sockets with 503', async () => {
      const socket = await connected();
      expect(await ask(socket)).toMatchObject({ ok: true });
      breakIt();
      expect(await ask(socket)).toMatchObject({ ok: false, error: UNAVAILABLE });
    });

    it('lets nobody connect, and says that it is worth another try', async () => {
      breakIt();
      expect(await refusal(connect())).toMatchObject(UNAVAILABLE);
    });

    it('serves again within 10 s of its return', async () => {
      breakIt();
      expect(await status()).toBe(503);
      const returned = Date.now();
      proxy.mend();
      await eventually(status, (code) => code === 200, RECOVERED_WITHIN_MS);
      const socket = await eventually(tryConnect, (each) => each.connected, RECOVERED_WITHIN_MS);
      expect(await ask(socket)).toMatchObject({ ok: true });
      expect(Date.now() - returned).toBeLessThan(RECOVERED_WITHIN_MS);
    });
  });

  it('disconnects those whose rights changed and can not be read again, and nobody else', async () => {
    const other = await connected(await settledBystander());
    const concerned = await connected();
    await hearsOfChanges(concerned);
    const told: unknown[] = [];
    concerned.on('permissions.changed', (body) => told.push(body));
    const gone = new Promise((resolve) => concerned.once('disconnect', resolve));
    proxy.refuse(STATEMENT);
    await admin.teams.update(team.id, { permissions: ['inbox.read'] });
    await gone;
    expect(told).toEqual([]);
    expect(other.connected).toBe(true);
    proxy.mend();
    expect(await ask(other)).toMatchObject({ ok: true });
  });

  it('disconnects everybody whose rights may have changed while PostgreSQL was away, and no others', async () => {
    const socket = await connected();
    proxy.cut();
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    await admin.agents.update(agent.id, { status: 'inactive' });
    proxy.mend();
    await gone;
    expect(await refusal(connect())).toMatchObject({ status: 401, code: 'agent_inactive' });
  });

  /** The token of an agent of another team, whose sync is over: it reads authorities again too. */
  async function settledBystander(): Promise<string> {
    const bystander = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    await eventually(
      () => admin.agents.get(bystander.id),
      ({ sync }) => sync.syncedVersion === sync.version,
    );
    return (await (await loginAs(installation, bystander)).credentials.bearer()) ?? '';
  }

  /** Resolves when the node follows changes of the team, and so has been told of all that came before. */
  async function hearsOfChanges(socket: Socket): Promise<void> {
    const heard = new Promise((resolve) => socket.once('permissions.changed', resolve));
    await admin.teams.update(team.id, { permissions: ['inbox.read', 'inbox.reply', 'tags.manage'] });
    await heard;
  }

  async function status(): Promise<number> {
    return (await request('GET', '/me')).status;
  }

  async function request(method: string, path: string, body?: object): Promise<Answer> {
    const type = body && { 'content-type': 'application/json' };
    const headers = { authorization: `Bearer ${token}`, ...type };
    const response = await fetch(`${url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    return { status: response.status, headers: response.headers, answer: await response.json() };
  }

  function connect(as = token): Socket {
    const auth = { token: as, protocol: 1 };
    const socket = io(`${url}/inbox`, { transports: ['websocket'], forceNew: true, reconnection: false, auth });
    sockets.push(socket);
    return socket;
  }

  /** A socket that is connected, or was refused. */
  function tryConnect(as?: string): Promise<Socket> {
    const socket = connect(as);
    return new Promise((resolve) => {
      for (const end of ['connect', 'connect_error']) socket.once(end, () => resolve(socket));
    });
  }

  async function connected(as?: string): Promise<Socket> {
    const socket = await tryConnect(as);
    expect(socket.connected).toBe(true);
    return socket;
  }

  async function refusal(socket: Socket): Promise<Problem> {
    const error = await new Promise<Error & { data: Problem }>((resolve, reject) => {
      socket.once('connect_error', (refused) => resolve(refused as Error & { data: Problem }));
      socket.once('connect', () => reject(new Error('It was let in.')));
    });
    return error.data;
  }

  function ask(socket: Socket): Promise<Ack<unknown>> {
    return socket.timeout(5_000).emitWithAck('presence.set', { availability: 'busy' }) as Promise<Ack<unknown>>;
  }
});
