/** The client SDK against a real socket.io server that speaks the contract and misbehaves on request. */
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Server, type Socket } from 'socket.io';
import { connectDashboard, connectInbox, MusterApi, MusterProblem } from '#client';
import type { Ack, Problem, RosterDelta, RosterRow, RosterSubscription } from '#contracts';

const AS_OF = '2026-11-23T10:00:00.000Z';
const EVERYONE: RosterRow = {
  id: 'a',
  name: 'Ada',
  teamId: 't',
  status: 'active',
  presence: { state: 'available', since: AS_OF },
  load: { open: 1, capacity: 5, ratio: 0.2 },
  waiting: { count: 0, oldestAt: null },
  density: { m1: 0, m5: 0, m15: 0, h1: 0 },
  v: 1,
};

type Reply = (answer: Ack<unknown>) => void;

const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0).reverse()) close();
});

function problem(code: Problem['code'], retryable: boolean): Problem {
  return { type: 'about:blank', title: 'No', status: 401, detail: 'No.', code, requestId: 'r', retryable, errors: [] };
}

/** A floor of one agent; `refuse` decides about each connection, `said` collects what clients said. */
class Floor {
  readonly io: Server;
  readonly http: HttpServer;
  readonly said: { event: string; body: unknown }[] = [];
  readonly tokens: string[] = [];
  readonly ends: string[] = [];
  refuse: (token: string) => Problem | null = () => null;
  lifeSeconds = 900;
  offset = 1;
  private issued = 0;

  constructor() {
    this.http = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(request.url?.startsWith('/api/v1/auth/') ? JSON.stringify(this.login()) : '{}');
    });
    this.io = new Server(this.http, { transports: ['websocket'], serveClient: false });
    for (const namespace of ['/dashboard', '/inbox']) this.welcome(namespace);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  get sockets(): Socket[] {
    return ['/dashboard', '/inbox'].flatMap((namespace) => [...this.io.of(namespace).sockets.values()]);
  }

  delta(m1: number): void {
    const density = { m1, m5: m1, m15: m1, h1: m1 };
    const [prev, offset] = [this.offset, (this.offset += 1)];
    const rows = [{ id: 'a', v: offset, density }];
    this.io
      .of('/dashboard')
      .emit('roster.delta', { ...this.frame(), prev, rows, removed: [], teams: [] } satisfies RosterDelta);
  }

  saw(event: string): unknown[] {
    return this.said.filter((one) => one.event === event).map((one) => one.body);
  }

  private welcome(namespace: string): void {
    this.io.of(namespace).use((socket, next) => {
      const { token, protocol } = socket.handshake.auth as { token: string; protocol: number };
      this.tokens.push(token);
      const refusal = protocol === 1 ? this.refuse(token) : problem('protocol_unsupported', false);
      next(refusal ? Object.assign(new Error(refusal.code), { data: refusal }) : undefined);
    });
    this.io.of(namespace).on('connection', (socket) => {
      socket.on('disconnect', (reason) => this.ends.push(reason));
      socket.onAny((event: string, body: unknown, reply: Reply) => this.hear(event, body, reply));
    });
  }

  private hear(event: string, body: unknown, reply: Reply): void {
    this.said.push({ event, body });
    if (event === 'subscribe') reply({ ok: true, data: this.snapshot() });
    else if (event === 'presence.set') reply({ ok: false, error: problem('agent_inactive', false) });
    else reply({ ok: true, data: {} });
  }

  private snapshot(): RosterSubscription {
    return { ...this.frame(), mode: 'snapshot', rows: [EVERYONE], teams: [] };
  }

  private frame() {
    return { subscription: 'floor', epoch: 'e', offset: this.offset, asOf: AS_OF };
  }

  private login() {
    this.issued += 1;
    const agent = { id: 'a', name: 'Ada', email: 'ada@example.com' };
    return { accessToken: `t${this.issued}`, refreshToken: `r${this.issued}`, expiresIn: this.lifeSeconds, agent };
  }
}

async function start(set: (floor: Floor) => void = () => {}) {
  const floor = new Floor();
  set(floor);
  await new Promise<void>((resolve) => floor.http.listen(0, '127.0.0.1', resolve));
  const muster = new MusterApi({ url: floor.url, random: () => 0.01 });
  await muster.auth.login({ email: 'ada@example.com', password: 'correct horse' });
  opened.push(() => void floor.io.close());
  return { floor, muster };
}

function track<T extends { close(): void }>(connection: T): T {
  opened.push(() => connection.close());
  return connection;
}

/** Waits until `look` is true; for what the server sees. */
async function eventually(look: () => boolean): Promise<void> {
  const end = Date.now() + 5_000;
  while (!look()) {
    if (Date.now() > end) throw new Error('did not happen within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('the client over real sockets', () => {
  it('shows the floor and follows it', async () => {
    const { floor, muster } = await start();
    const roster = track(connectDashboard(muster)).roster({ teamId: 't' });
    await roster.until((state) => state.status === 'live');
    floor.delta(4);
    const { view } = await roster.until((state) => state.view?.offset === 2);
    expect(view?.rows.get('a')).toEqual({ ...EVERYONE, v: 2, density: { m1: 4, m5: 4, m15: 4, h1: 4 } });
    expect(floor.said).toEqual([{ event: 'subscribe', body: { topic: 'roster', scope: { teamId: 't' } } }]);
  });

  it('comes back after a lost connection and resumes from its offset', async () => {
    const { floor, muster } = await start();
    const dashboard = track(connectDashboard(muster));
    const roster = dashboard.roster();
    await roster.until((state) => state.status === 'live');
    for (const socket of floor.sockets) socket.conn.close();
    await dashboard.until((state) => state.status === 'resuming');
    expect(roster.current).toMatchObject({ status: 'resuming', view: { offset: 1 } });
    await roster.until((state) => state.status === 'live');
    expect(floor.saw('subscribe')[1]).toMatchObject({ epoch: 'e', offset: 1 });
  });

  it('ends with the code when it is refused for good', async () => {
    const { muster } = await start((floor) => (floor.refuse = () => problem('permission_missing', false)));
    const roster = track(connectDashboard(muster)).roster();
    await expect(roster.until((state) => state.status === 'live')).rejects.toMatchObject({
      closure: { code: 'permission_missing' },
    });
  });

  it('keeps trying while it is refused for now, and renews a token that has expired', async () => {
    const refusals = [problem('database_unavailable', true), problem('token_expired', false)];
    const { floor, muster } = await start((set) => (set.refuse = () => refusals.shift() ?? null));
    await track(connectDashboard(muster)).until((state) => state.status === 'live');
    expect(floor.tokens).toEqual(['t1', 't1', 't2']);
  });

  it.each([
    ['agent_inactive', false, 'closed'],
    ['session_revoked', false, 'closed'],
    ['server_draining', true, 'live'],
    ['slow_consumer', true, 'live'],
    ['token_expired', false, 'live'],
  ] as const)('after session.closed %s (retryable: %s) becomes %s', async (code, retryable, outcome) => {
    const { floor, muster } = await start();
    const dashboard = track(connectDashboard(muster));
    const roster = dashboard.roster();
    await roster.until((state) => state.status === 'live');
    for (const socket of floor.sockets) socket.emit('session.closed', { code, reason: 'Because.', retryable });
    floor.io.of('/dashboard').disconnectSockets(true);
    await dashboard.until((state) => state.status !== 'live');
    await dashboard.until((state) => state.status === outcome);
    if (outcome === 'closed')
      expect(roster.current).toEqual({ status: 'closed', view: null, closure: { code, reason: 'Because.' } });
    else await roster.until((state) => state.status === 'live');
    expect(floor.tokens).toHaveLength(outcome === 'closed' ? 1 : 2);
  });

  it('hands a renewed token to the open socket before the old one expires', async () => {
    const { floor, muster } = await start((set) => (set.lifeSeconds = 0.5));
    await track(connectInbox(muster)).until((state) => state.status === 'live');
    await eventually(() => floor.saw('token.refresh').length >= 2);
    const handed = floor.saw('token.refresh') as { token: string }[];
    expect(handed[0]?.token).not.toBe(floor.tokens[0]);
    expect(handed[1]?.token).not.toBe(handed[0]?.token);
    expect(floor.tokens).toHaveLength(1);
  });

  it('passes events on, and refusals of what it asks', async () => {
    const { floor, muster } = await start();
    const inbox = track(connectInbox(muster));
    const heard: string[] = [];
    inbox.on('permissions.changed', (change) => heard.push(...change.permissions));
    await expect(inbox.setPresence('busy')).rejects.toBeInstanceOf(MusterProblem);
    floor.io
      .of('/inbox')
      .emit('permissions.changed', { permissions: ['inbox.read'], hidePhone: false, blueprintVersion: 2 });
    await eventually(() => heard.length === 1);
    expect(heard).toEqual(['inbox.read']);
  });

  it('says goodbye when it is closed, so that the agent leaves at once', async () => {
    const { floor, muster } = await start();
    const inbox = track(connectInbox(muster));
    await inbox.until((state) => state.status === 'live');
    inbox.close();
    await eventually(() => floor.ends.length === 1);
    expect(floor.ends).toEqual(['client namespace disconnect']);
  });

  it('ends one of two views of the same audience without ending the other', async () => {
    const { floor, muster } = await start();
    const dashboard = track(connectDashboard(muster));
    const [first, second] = [dashboard.roster(), dashboard.roster()];
    await Promise.all([first, second].map((view) => view.until((state) => state.status === 'live')));
    first.close();
    floor.delta(3);
    await second.until((state) => state.view?.offset === 2);
    expect(floor.saw('unsubscribe')).toEqual([]);
    second.close();
    await eventually(() => floor.saw('unsubscribe').length === 1);
  });
});
