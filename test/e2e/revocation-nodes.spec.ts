import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { ChangedAgentView, Permission } from '#contracts';
import { Authenticator } from '../../src/access/authenticator.js';
import { OutboundGate } from '../../src/access/revocation/outbound-gate.js';
import { RevocationLog } from '../../src/access/revocation/revocation-log.js';
import { SocketRegistry } from '../../src/access/socket-registry.js';
import { Database } from '../../src/platform/database/database.js';
import { NodeLease } from '../../src/platform/nodes/node-lease.js';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';
import { Sockets } from '../support/sockets.js';

describe('a revocation and nodes that are slow, gone or cut off', () => {
  let installation: TestInstallation;
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

  it('waits for the lease of a node that does not answer, and no longer', async () => {
    const node = await addNode('frozen', "clock_timestamp() + interval '1500 ms'");
    const { agent } = await newAgent();
    const { status, body } = await deactivate(agent.id);
    const outcome = body.receipt?.nodes.find((each) => each.node === node);
    expect(status).toBe(200);
    expect(outcome).toMatchObject({ outcome: 'expired', sockets: 0 });
    const { rows } = await database.query(
      'select expires_at < clock_timestamp() as over from node_lease where node_id = $1',
      [node],
    );
    expect(rows.every(({ over }) => over)).toBe(true);
    expect(body.receipt?.enforcement).toBe('complete');
  });

  it('says 202 when a node neither obeys nor dies, and completes the receipt once it has', async () => {
    const node = await addNode('stubborn', "clock_timestamp() + interval '1 hour'");
    const { agent } = await newAgent();
    const { status, body } = await deactivate(agent.id);
    expect(status).toBe(202);
    expect(body.receipt).toMatchObject({ enforcement: 'pending' });
    expect(body.receipt?.nodes.find((each) => each.node === node)).toMatchObject({ outcome: 'unconfirmed' });
    await database.query('delete from node_lease where node_id = $1', [node]);
    await database.query("update revocation set created_at = created_at - interval '10 seconds'");
    await eventually(
      async () => (await admin.agents.receipts(agent.id)).data[0]?.enforcement,
      (enforcement) => enforcement === 'complete',
    );
  });

  it('withholds an answer that was made under rights that are gone', async () => {
    const { agent, api } = await newAgent(['agents.read', 'api-keys.manage']);
    const key = await api.apiKeys.create({ name: 'Reader', permissions: ['agents.read'] });
    const answer = await whileLocked('interaction', async () => {
      const reading = get(key.key, `/agents/${agent.id}`, 1);
      await eventually(waiting, (count) => count > 0);
      await admin.apiKeys.delete(key.id);
      return { reading };
    });
    expect(await answer.reading).toMatchObject({ status: 401, code: 'session_revoked' });
  });

  it('withholds a number from who may not see it any more, and lets them ask again', async () => {
    const { agent, token } = await newAgent(['inbox.read']);
    const conversation = await admin.conversations.create({ contact: { phone: '+5511955554444' } });
    const answer = await whileLocked('contact', async () => {
      const reading = get(token, `/conversations/${conversation.id}`, 1);
      await eventually(waiting, (count) => count > 0);
      expect((await admin.agents.update(agent.id, { hidePhone: true })).receipt).toMatchObject({
        cause: 'phone_hidden',
      });
      return { reading };
    });
    expect(await answer.reading).toMatchObject({ status: 503, code: 'access_changed', retryable: true });
    const masked = JSON.stringify(await get(token, `/conversations/${conversation.id}`));
    expect(masked).not.toContain('5511955554444');
  });

  it('sends nothing once its lease is over, and goes on when it holds it again', async () => {
    const { token } = await newAgent(['dashboard.view', 'inbox.read']);
    const node = installation.nodes[1];
    const lease = node?.app.get(NodeLease);
    if (!node || !lease) throw new Error('There is no second node.');
    const socket = await sockets.connect(node.url, '/dashboard', token);
    const frames: string[] = [];
    socket.onAny((event: string) => frames.push(event));
    await socket.emitWithAck('subscribe', { topic: 'roster' });
    await eventually(
      () => frames.length,
      (count) => count > 0,
    );
    const held = lease.isHeld.bind(lease);
    lease.isHeld = () => false;
    const before = frames.length;
    await createAgent(admin, await createTeam(admin, []));
    expect(await get(token, '/me', 1)).toMatchObject({ status: 503, code: 'access_changed' });
    expect(frames.length).toBe(before);
    lease.isHeld = held;
    await eventually(
      () => frames.length,
      (count) => count > before,
    );
    expect(socket.connected).toBe(true);
  });

  it('answers once its lease is held again, where it was held up for a moment', async () => {
    const { token } = await newAgent(['dashboard.view']);
    const node = installation.nodes[1];
    const lease = node?.app.get(NodeLease);
    if (!lease) throw new Error('There is no second node.');
    const isHeld = jest.spyOn(lease, 'isHeld').mockReturnValue(false);
    const untilHeld = jest.spyOn(lease, 'untilHeld');
    const answer = get(token, '/me', 1);
    await eventually(
      () => Promise.resolve(untilHeld.mock.calls.length),
      (calls) => calls > 0,
    );
    isHeld.mockRestore();
    expect(await answer).toMatchObject({ status: 200 });
    untilHeld.mockRestore();
  });

  it('answers under the rights of now, though they change again while they are read', async () => {
    const { agent, token } = await newAgent(['dashboard.view']);
    const { app } = installation.node;
    const [authenticator, gate] = [app.get(Authenticator), app.get(OutboundGate)];
    const reread = authenticator.reread.bind(authenticator);
    let changes = 0;
    authenticator.reread = async (credential) => {
      const authority = await reread(credential);
      if (authority.agentId === agent.id && changes++ < 2) gate.apply({ kind: 'agent', id: agent.id });
      return authority;
    };
    try {
      expect(await get(token, '/me')).toMatchObject({ status: 200 });
    } finally {
      authenticator.reread = reread;
    }
    expect(changes).toBe(3);
  });

  it('asks again for a socket of which something was revoked while it was asked', async () => {
    const { agent, token } = await newAgent(['dashboard.view']);
    const { app, url } = installation.node;
    await sockets.connect(url, '/dashboard', token);
    const [authenticator, gate, registry] = [app.get(Authenticator), app.get(OutboundGate), app.get(SocketRegistry)];
    const reread = authenticator.reread.bind(authenticator);
    let asked = 0;
    authenticator.reread = async (credential) => {
      const authority = await reread(credential);
      if (authority.agentId === agent.id && asked++ === 0) gate.apply({ kind: 'team', id: agent.team.id });
      return authority;
    };
    try {
      expect(await registry.revoke(gate.apply({ kind: 'agent', id: agent.id }))).toBe(0);
    } finally {
      authenticator.reread = reread;
    }
    const authorities = [...registry.matching(({ agentId }) => agentId === agent.id)].map(({ data }) => data.authority);
    expect(authorities.map((authority) => gate.permits(authority))).toEqual([true]);
    expect(asked).toBeGreaterThan(1);
  });

  it('obeys what it is told comes next without asking, and looks itself when told anything else', async () => {
    const { agent, token } = await newAgent(['dashboard.view']);
    const { app, url } = installation.node;
    const socket = await sockets.connect(url, '/dashboard', token);
    const gate = app.get(OutboundGate);
    const [authority] = [...app.get(SocketRegistry).matching((data) => data.agentId === agent.id)].map(
      ({ data }) => data.authority,
    );
    const looked = jest.spyOn(app.get(RevocationLog), 'catchUp');
    const notify = (hint: string) => database.query('select pg_notify($1, $2)', ['muster_revocation', hint]);
    await notify(`9007199254740991 agent ${agent.id}`);
    await notify('anything');
    await eventually(
      () => Promise.resolve(looked.mock.calls.length),
      (calls) => calls >= 2,
    );
    expect(authority && gate.isCurrent(authority)).toBe(true);
    looked.mockRestore();

    // Every other way to learn of it is held up: what is left is the hint.
    const pool = app.get(Database).controlPool;
    const query = jest.spyOn(pool, 'query').mockImplementation(() => {
      throw new Error('busy');
    });
    try {
      const { rows } = await database.query<{ seq: string }>('select last_value as seq from revocation_seq');
      await notify(`${Number(rows[0]?.seq) + 1} agent ${agent.id}`);
      await eventually(
        () => Promise.resolve(authority && gate.isCurrent(authority)),
        (current) => !current,
      );
    } finally {
      query.mockRestore();
    }
    await database.query(`select setval('revocation_seq', nextval('revocation_seq'))`);
    await eventually(
      () => Promise.resolve(socket.connected),
      (connected) => connected,
    );
    const receipt = (await admin.agents.update(agent.id, { status: 'inactive' })).receipt;
    expect(receipt).toMatchObject({ enforcement: 'complete', sockets: 1 });
  });

  it('reads everybody again when the database has forgotten revocations', async () => {
    const { token } = await newAgent(['dashboard.view']);
    const { app, url } = installation.node;
    const socket = await sockets.connect(url, '/dashboard', token);
    await admin.agents.update((await newAgent([])).agent.id, { status: 'inactive' });
    const [log, gate, registry] = [app.get(RevocationLog), app.get(OutboundGate), app.get(SocketRegistry)];
    await log.catchUp();
    const before = [...registry.matching(() => true)].map(({ data }) => data.authority);
    await database.query('delete from revocation_ack');
    await database.query('delete from revocation');
    await log.catchUp();
    expect(before.map((authority) => gate.permits(authority))).not.toContain(true);
    expect([...registry.matching(() => true)].map(({ data }) => gate.permits(data.authority))).toEqual([true]);
    expect(socket.connected).toBe(true);
    const receipt = (await admin.agents.update((await newAgent([])).agent.id, { status: 'inactive' })).receipt;
    expect(receipt?.enforcement).toBe('complete');
  });

  it('takes nothing for current that was read before a revocation it does not know', () => {
    const gate = installation.node.app.get(OutboundGate);
    const authority = { readAt: gate.position, agentId: randomUUID(), teamId: randomUUID(), credential: { id: '1' } };
    const isCurrent = () => gate.isCurrent(authority as Parameters<OutboundGate['isCurrent']>[0]);
    expect(isCurrent()).toBe(true);
    gate.apply({ kind: 'agent', id: randomUUID() });
    expect(isCurrent()).toBe(true);
    gate.apply({ kind: 'team', id: authority.teamId });
    expect(isCurrent()).toBe(false);
    authority.readAt = gate.position;
    expect(isCurrent()).toBe(true);
    gate.apply({ kind: 'everybody' });
    expect(isCurrent()).toBe(false);
  });

  /** A node that is only a lease. */
  async function addNode(name: string, expires: string): Promise<string> {
    const node = `${name}-${randomUUID().slice(0, 8)}`;
    await database.query(
      `insert into node_lease (node_id, boot_id, roles, expires_at, started_at)
       values ($1, gen_random_uuid(), '{api}', ${expires}, clock_timestamp())`,
      [node],
    );
    return node;
  }

  async function newAgent(permissions: Permission[] = ['inbox.read']) {
    const agent = await createAgent(admin, await createTeam(admin, permissions));
    const api = installation.client();
    const { accessToken: token } = await api.auth.login({ email: agent.email, password: PASSWORD });
    return { agent, api, token };
  }

  async function deactivate(id: string): Promise<{ status: number; body: ChangedAgentView }> {
    const answer = await fetch(`${installation.node.url}/api/v1/agents/${id}`, {
      method: 'PATCH',
      headers: { Authorization: `Bearer ${await admin.credentials.bearer()}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ status: 'inactive' }),
    });
    return { status: answer.status, body: (await answer.json()) as ChangedAgentView };
  }

  async function get(bearer: string, path: string, node = 0): Promise<object> {
    const url = installation.nodes[node]?.url;
    const answer = await fetch(`${url}/api/v1${path}`, { headers: { Authorization: `Bearer ${bearer}` } });
    return { ...((await answer.json()) as object), status: answer.status };
  }

  /** Whoever reads the table waits until `work` is done. */
  async function whileLocked<T>(table: string, work: () => Promise<T>): Promise<T> {
    await database.query('begin');
    await database.query(`lock table ${table} in access exclusive mode`);
    try {
      return await work();
    } finally {
      await database.query('commit');
    }
  }

  async function waiting(): Promise<number> {
    await database.query('select pg_stat_clear_snapshot()');
    const { rows } = await database.query<{ count: number }>(
      "select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    );
    return rows[0]?.count ?? 0;
  }
});
