import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { MusterApi } from '#client';
import type { Ack, AgentView, Problem, SessionClosed } from '#contracts';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation, type TestNode } from '../support/nodes.js';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';

describe('sockets on two nodes, spoken to by a plain client', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
  });

  afterEach(() => sockets.splice(0).forEach((socket) => socket.disconnect()));
  afterAll(() => installation.stop());

  it.each([
    ['no token', {}, 'unauthenticated', false],
    ['a bad token', { token: 'nonsense' }, 'token_invalid', false],
    ['another protocol', { token: 'x', protocol: 2 }, 'protocol_unsupported', false],
  ])('refuses %s with a problem', async (_what, auth, code, retryable) => {
    const error = await refusal(connect('/inbox', { protocol: 1, ...auth }));
    expect(error).toMatchObject({ code, retryable });
  });

  it('refuses who may not connect, and a foreign origin', async () => {
    const { token } = await newAgent(['teams.read']);
    expect(await refusal(connect('/inbox', { token, protocol: 1 }))).toMatchObject({
      status: 403,
      code: 'permission_missing',
      permission: 'inbox.read',
    });
    const foreign = connect('/inbox', { token, protocol: 1 }, installation.node, {
      extraHeaders: { Origin: 'https://evil.example' },
    });
    const [error] = (await event(foreign, 'connect_error')) as [Error];
    expect(error.message).toBe('websocket error');
  });

  it('serves nobody at the root', async () => {
    expect(await refusal(connect('/', { protocol: 1, token: 'x' }))).toMatchObject({ code: 'not_found' });
  });

  it('makes the agent connected, on every node, and gone at once after a goodbye', async () => {
    const { agent, token } = await newAgent();
    const socket = await connected('/inbox', token);
    await eventually(
      () => presenceOf(agent),
      (presence) => presence.connected,
    );
    socket.disconnect();
    await eventually(
      () => presenceOf(agent, 1),
      (presence) => !presence.connected,
    );
  });

  it('keeps the agent connected through the grace after an unclean loss', async () => {
    const { agent, token } = await newAgent();
    const socket = await connected('/inbox', token, installation.nodes[1]);
    await eventually(
      () => presenceOf(agent),
      (presence) => presence.connected,
    );
    const lost = event(socket, 'disconnect');
    socket.io.engine.close();
    await lost;
    expect((await presenceOf(agent)).connected).toBe(true);
    await eventually(
      () => {
        installation.clock.advance(2_000);
        return presenceOf(agent);
      },
      (presence) => !presence.connected,
    );
  });

  it('does not take a service with an API key for somebody who could answer', async () => {
    const { key } = await admin.apiKeys.create({ name: 'Bot', permissions: ['inbox.read'] });
    const socket = await connected('/inbox', key);
    const answer = await ask(socket, 'presence.set', { availability: 'available' });
    expect(answer).toMatchObject({ ok: true, data: { availability: 'available', connected: false, state: 'offline' } });
  });

  it('acknowledges a chosen availability when it shows everywhere', async () => {
    const { agent, token } = await newAgent();
    const socket = await connected('/inbox', token);
    expect(await ask(socket, 'presence.set', { availability: 'busy' })).toMatchObject({ ok: true });
    expect(await presenceOf(agent, 1)).toMatchObject({ availability: 'busy' });
  });

  it('answers unknown events and wrong bodies with a problem, and goes on', async () => {
    const { token } = await newAgent();
    const socket = await connected('/inbox', token);
    expect(await ask(socket, 'drop.tables', {})).toMatchObject({ ok: false, error: { code: 'unknown_event' } });
    expect(await ask(socket, 'presence.set', { availability: 'asleep' })).toMatchObject({
      ok: false,
      error: { code: 'validation_failed', errors: [{ pointer: '/availability', code: 'availability_invalid' }] },
    });
    expect(await ask(socket, 'presence.set', { availability: 'busy', x: 1 })).toMatchObject({
      ok: false,
      error: { errors: [{ pointer: '/x', code: 'unknown_field' }] },
    });
    for (const body of [null, 'text', 7, [], [{ availability: 'busy' }]]) {
      expect(await ask(socket, 'presence.set', body)).toMatchObject({
        ok: false,
        error: { code: 'validation_failed' },
      });
    }
    socket.emit('presence.set', Buffer.from('binary'));
    socket.emit('no.ack.wanted', { __proto__: null });
    const answers = await Promise.all(Array.from({ length: 300 }, () => ask(socket, 'presence.set', {})));
    const codes = new Set(answers.map((answer) => (answer.ok ? 'ok' : answer.error.code)));
    expect(codes).toEqual(new Set(['validation_failed']));
    expect(socket.connected).toBe(true);
  });

  it('tells open sockets their new permissions, and closes those that lost the right to be there', async () => {
    const { agent, token, team } = await newAgent(['inbox.read', 'inbox.reply']);
    const socket = await connected('/inbox', token, installation.nodes[1]);
    const told = event(socket, 'permissions.changed');
    await admin.teams.update(team.id, { permissions: ['inbox.read', 'teams.read'] });
    expect((await told)[0]).toEqual({
      permissions: ['inbox.read', 'teams.read'],
      hidePhone: false,
      blueprintVersion: 2,
    });
    const hidden = event(socket, 'permissions.changed');
    await admin.agents.update(agent.id, { hidePhone: true });
    expect((await hidden)[0]).toMatchObject({ hidePhone: true });
    const closed = closing(socket);
    await admin.teams.update(team.id, { permissions: ['teams.read'] });
    expect(await closed).toMatchObject({ code: 'permission_lost', retryable: false });
  });

  it('closes the sockets of a deactivated agent on every node, and the session at logout', async () => {
    const { agent, token, api } = await newAgent();
    const both = [await connected('/inbox', token), await connected('/inbox', token, installation.nodes[1])];
    const closings = Promise.all(both.map(closing));
    await admin.agents.update(agent.id, { status: 'inactive' });
    expect((await closings).map(({ code }) => code)).toEqual(['agent_inactive', 'agent_inactive']);
    await admin.agents.update(agent.id, { status: 'active' });
    await api.auth.login({ email: agent.email, password: PASSWORD });
    const again = await connected('/inbox', (await api.credentials.bearer()) ?? '', installation.nodes[1]);
    const loggedOut = closing(again);
    await api.auth.logout();
    expect(await loggedOut).toMatchObject({ code: 'session_revoked' });
  });

  it('outlives its token with token.refresh, and only of the same agent', async () => {
    const { agent, token, api } = await newAgent();
    const socket = await connected('/inbox', token);
    const other = await newAgent();
    expect(await ask(socket, 'token.refresh', { token: other.token })).toMatchObject({
      ok: false,
      error: { code: 'token_invalid' },
    });
    await api.credentials.renew();
    const answer = await ask(socket, 'token.refresh', { token: await api.credentials.bearer() });
    expect(answer).toMatchObject({ ok: true, data: { expiresAt: expect.stringMatching(/Z$/) } });
    const second = installation.client();
    await second.auth.login({ email: agent.email, password: PASSWORD });
    await ask(socket, 'token.refresh', { token: await second.credentials.bearer() });
    await api.auth.logout();
    expect(await ask(socket, 'presence.set', { availability: 'busy' })).toMatchObject({ ok: true });
    const closed = closing(socket);
    await second.auth.logout();
    expect(await closed).toMatchObject({ code: 'session_revoked' });
  });

  async function newAgent(permissions: Parameters<typeof createTeam>[1] = ['inbox.read', 'inbox.reply']) {
    const team = await createTeam(admin, permissions);
    const agent = await createAgent(admin, team);
    const api = installation.client();
    const { accessToken: token } = await api.auth.login({ email: agent.email, password: PASSWORD });
    return { team, agent, api, token };
  }

  async function presenceOf(agent: AgentView, node = 0) {
    const api = node === 0 ? admin : await installation.admin(installation.nodes[node]);
    return (await api.agents.get(agent.id)).presence;
  }

  function connect(
    path: string,
    auth: object,
    node: TestNode = installation.node,
    options: Partial<ManagerOptions & SocketOptions> = {},
  ): Socket {
    const socket = io(`${node.url}${path}`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth,
      ...options,
    });
    sockets.push(socket);
    return socket;
  }

  async function connected(path: string, token: string, node?: TestNode): Promise<Socket> {
    const socket = connect(path, { token, protocol: 1 }, node);
    await event(socket, 'connect');
    return socket;
  }

  async function refusal(socket: Socket): Promise<Problem> {
    const [error] = (await event(socket, 'connect_error')) as [Error & { data: Problem }];
    return error.data;
  }

  async function closing(socket: Socket): Promise<SessionClosed> {
    const gone = event(socket, 'disconnect');
    const [closed] = (await event(socket, 'session.closed')) as [SessionClosed];
    await gone;
    return closed;
  }

  /** The arguments of the next `name`. */
  function event(socket: Socket, name: string): Promise<unknown[]> {
    return new Promise((resolve) => socket.once(name, (...args: unknown[]) => resolve(args)));
  }

  function ask(socket: Socket, event: string, body: unknown): Promise<Ack<unknown>> {
    return socket.timeout(5_000).emitWithAck(event, body) as Promise<Ack<unknown>>;
  }
});
