import { randomBytes } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import { io, type Socket } from 'socket.io-client';
import type { MusterApi } from '#client';
import type { Problem } from '#contracts';
import { Authenticator } from '../../src/access/authenticator.js';
import { SocketRegistry } from '../../src/access/socket-registry.js';
import { HandshakeQueue } from '../../src/platform/limits/handshake-queue.js';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';

const AT_ONCE = 4;
const SOCKETS = 100;
/** A client waits for five seconds at most. */
const TOO_LONG_MS = 5_001;

describe('many clients at once', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    installation = await startNodes(1, {
      MUSTER_HANDSHAKES_AT_ONCE: String(AT_ONCE),
      MUSTER_SOCKETS_PER_CREDENTIAL: String(SOCKETS),
    });
    admin = await installation.admin();
  });

  afterEach(() => {
    jest.restoreAllMocks();
    sockets.splice(0).forEach((socket) => socket.disconnect());
  });
  afterAll(() => installation.stop());

  it('are let in a few at a time, all of them, while requests of others go on', async () => {
    const token = await newToken();
    const door = closedDoor();
    const all = Array.from({ length: 60 }, () => connect(token));
    await eventually(waiting, (count) => count === 60 - AT_ONCE);
    const me = admin.me();
    await eventually(
      () => door.asking,
      (asking) => asking === AT_ONCE + 1,
    );
    door.open();
    expect((await me).agent.email).toBe('admin@example.com');
    expect(await Promise.all(all.map(outcome))).toEqual(all.map(() => 'connected'));
    expect(door.most).toBeLessThanOrEqual(AT_ONCE + 1);
    expect(waiting()).toBe(0);
  });

  it('are told to come again when their turn comes too late, and are let in when they do', async () => {
    const token = await newToken();
    const door = closedDoor();
    const all = Array.from({ length: 12 }, () => connect(token));
    await eventually(waiting, (count) => count === 12 - AT_ONCE);
    installation.clock.advance(TOO_LONG_MS);
    door.open();
    const outcomes = await Promise.all(all.map(outcome));
    const refused = outcomes.filter((result) => result !== 'connected');
    expect(refused).toHaveLength(12 - AT_ONCE);
    for (const problem of refused) {
      expect(problem).toMatchObject({ code: 'too_many_requests', status: 429, retryable: true, retryAfter: 2 });
    }
    expect(await outcome(connect(token))).toBe('connected');
  });

  it('are refused before the upgrade when too many wait, with when to come again', async () => {
    jest.spyOn(installation.node.app.get(HandshakeQueue), 'pass').mockReturnValue(false);
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    const refused = await new Promise<IncomingMessage>((resolve, reject) => {
      const key = { 'sec-websocket-key': randomBytes(16).toString('base64') };
      get(engineUrl().replace('ws', 'http'), { headers: { ...headers, ...key } }, resolve).on('error', reject);
    });
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '2']);
    expect(JSON.parse(await text(refused))).toMatchObject({ code: 'too_many_requests', retryAfter: 2 });
  });

  it('are told so when they can not be served right now', async () => {
    const token = await newToken();
    const registry = installation.node.app.get(SocketRegistry);
    jest.spyOn(registry, 'require').mockRejectedValue(new Error('PostgreSQL is away'));
    const socket = connect(token);
    const closed = await new Promise((resolve) => socket.once('session.closed', resolve));
    expect(closed).toMatchObject({ code: 'server_unavailable', retryable: true });
  });

  it('do not wait for one that says nothing', async () => {
    const token = await newToken();
    const silent = Array.from({ length: 3 * AT_ONCE }, () => new WebSocket(engineUrl()));
    await Promise.all(silent.map((socket) => new Promise((resolve) => socket.addEventListener('message', resolve))));
    expect(await outcome(connect(token))).toBe('connected');
    silent.forEach((socket) => socket.close());
  });

  it('have so many sockets for each credential and no more, until some are closed', async () => {
    const token = await newToken();
    const all = Array.from({ length: SOCKETS }, () => connect(token));
    expect(new Set(await Promise.all(all.map(outcome)))).toEqual(new Set(['connected']));
    expect(await outcome(connect(token))).toMatchObject({
      code: 'too_many_sockets',
      status: 429,
      retryable: true,
      retryAfter: 5,
    });
    expect(await outcome(connect(await newToken()))).toBe('connected');
    all[0]?.disconnect();
    await eventually(
      () => outcome(connect(token)),
      (result) => result === 'connected',
    );
  });

  it('count none that left before it was connected', async () => {
    const token = await newToken();
    for (let round = 0; round < 3; round++) {
      const door = closedDoor();
      const all = Array.from({ length: SOCKETS / 2 }, () => connect(token));
      await eventually(waiting, (count) => count === SOCKETS / 2 - AT_ONCE);
      const gone = new Promise((resolve) => {
        let open = all.length;
        for (const socket of all) socket.io.engine.once('close', () => --open || resolve(undefined));
      });
      all.forEach((socket) => socket.disconnect());
      await gone;
      door.open();
      await eventually(waiting, (count) => count === 0);
      jest.restoreAllMocks();
    }
    const all = Array.from({ length: SOCKETS }, () => connect(token));
    expect(new Set(await Promise.all(all.map(outcome)))).toEqual(new Set(['connected']));
  });

  /** Everybody who is asked who they are waits until it is opened. */
  function closedDoor() {
    const authenticator = installation.node.app.get(Authenticator);
    const authenticate = authenticator.authenticate.bind(authenticator);
    const opened = Promise.withResolvers<void>();
    const door = { asking: 0, most: 0, open: opened.resolve };
    jest.spyOn(authenticator, 'authenticate').mockImplementation(async (token) => {
      door.most = Math.max(door.most, ++door.asking);
      try {
        await opened.promise;
        return await authenticate(token);
      } finally {
        door.asking--;
      }
    });
    return door;
  }

  function waiting(): number {
    return installation.node.app.get(HandshakeQueue).waiting;
  }

  async function newToken(): Promise<string> {
    const agent = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    const api = await loginAs(installation, agent);
    return (await api.credentials.bearer()) ?? '';
  }

  function engineUrl(): string {
    return `${installation.node.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  }

  function connect(token: string): Socket {
    const socket = io(`${installation.node.url}/inbox`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { token, protocol: 1 },
    });
    sockets.push(socket);
    return socket;
  }

  function outcome(socket: Socket): Promise<'connected' | Problem> {
    if (socket.connected) return Promise.resolve('connected');
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve('connected'));
      socket.once('connect_error', (error: Error & { data?: Problem }) =>
        error.data ? resolve(error.data) : reject(error),
      );
    });
  }
});
