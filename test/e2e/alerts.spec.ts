import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { connectDashboard, type MusterApi } from '#client';
import type {
  AgentView,
  AlertEvent,
  AlertsSubscription,
  AlertView,
  CreateThresholdRequest,
  TeamView,
} from '#contracts';
import { sayAvailable } from '../support/availability.js';
import { eventually } from '../support/eventually.js';
import { PlainSocket } from '../support/live.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';
import { testServices } from '../support/services.js';

const REPLY = ['inbox.read', 'inbox.reply'] as const;

describe('alerts', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let client: pg.Client;
  let team: TeamView;
  let agent: AgentView;
  let conversationId: string;

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
    client = new pg.Client({ connectionString: installation.databaseUrl });
    await client.connect();
  });

  beforeEach(async () => {
    team = await createTeam(admin, [...REPLY]);
    agent = await createAgent(admin, team);
    const phone = `+55119${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;
    conversationId = (await admin.conversations.create({ contact: { phone }, teamId: team.id })).id;
  });

  afterEach(async () => {
    for (const { id } of (await admin.thresholds.list({ limit: 200 })).data) await admin.thresholds.delete(id);
  });

  afterAll(async () => {
    await client.end();
    await installation.stop();
  });

  const define = (rest: Partial<CreateThresholdRequest> & Pick<CreateThresholdRequest, 'kind' | 'value'>) =>
    admin.thresholds.create({
      name: `Threshold ${randomUUID()}`,
      comparison: 'above',
      scope: { teamId: team.id },
      ...rest,
    });

  const record = (count: number, direction: 'inbound' | 'outbound' = 'outbound') =>
    admin.interactions.report(
      Array.from({ length: count }, () => ({
        id: randomUUID(),
        conversationId,
        agentId: agent.id,
        direction,
        at: installation.clock.date().toISOString(),
      })),
    );

  /** A token that is good now: the clock of the nodes is ahead of the client's. */
  const freshToken = async () => {
    await admin.auth.refresh();
    return (await admin.credentials.bearer()) ?? '';
  };

  const alertsOf = async (thresholdId: string) => (await admin.alerts.list({ thresholdId })).data;

  /** Resolves when the workspace's thresholds have been looked at as of now. */
  const looked = async () => {
    const now = installation.clock.date();
    await eventually(
      async () => {
        const { rows } = await client.query<{ at: Date | null }>('select evaluated_at as at from alert_head');
        return rows[0]?.at?.getTime() ?? 0;
      },
      (at) => at >= now.getTime(),
    );
  };

  /** Lets time pass as it does: with a look every ten seconds. */
  const pass = async (seconds: number) => {
    for (let left = seconds; left > 0; left -= 10) {
      installation.clock.advance(10_000);
      await looked();
    }
  };

  it('raises an alert about an agent that is busier than it should be, once, and clears it', async () => {
    const threshold = await define({ kind: 'density', value: 3, window: 'm1' });
    await record(3);
    await pass(10);
    expect(await alertsOf(threshold.id)).toEqual([]);
    await record(1);
    await pass(20);
    const [alert, ...others] = await alertsOf(threshold.id);
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      thresholdId: threshold.id,
      name: threshold.name,
      condition: { kind: 'density', comparison: 'above', value: 3, window: 'm1', forMinutes: 0 },
      agent: { id: agent.id, name: agent.name },
      team: { id: team.id, name: team.name },
      value: 4,
      clearedAt: null,
      clearedBecause: null,
    });
    expect((await admin.thresholds.get(threshold.id)).openAlerts).toBe(1);
    await pass(70);
    const [cleared] = await alertsOf(threshold.id);
    expect(cleared).toMatchObject({ id: alert?.id, clearedBecause: 'recovered' });
    expect(Date.parse(cleared?.clearedAt ?? '')).toBeGreaterThan(Date.parse(alert?.raisedAt ?? ''));
    expect((await admin.alerts.list({ open: true, agentId: agent.id })).data).toEqual([]);
    expect((await admin.alerts.list({ open: false, teamId: team.id })).data).toEqual([cleared]);
  });

  it('waits for as many minutes in one piece before it raises and before it clears', async () => {
    const threshold = await define({ kind: 'staffing', comparison: 'below', value: 1, forMinutes: 1 });
    const api = await loginAs(installation, agent);
    const open = async () =>
      PlainSocket.connect(`${installation.node.url}/inbox`, (await api.credentials.bearer()) ?? '');
    await looked();
    await pass(40);
    const socket = await open();
    await sayAvailable(admin, agent);
    await pass(10);
    await admin.agents.setPresence(agent.id, { availability: 'away' });
    await pass(50);
    expect(await alertsOf(threshold.id)).toEqual([]);
    await pass(20);
    expect(await alertsOf(threshold.id)).toMatchObject([{ agent: null, team: { id: team.id }, value: 0 }]);
    await admin.agents.setPresence(agent.id, { availability: 'available' });
    await pass(40);
    expect(await alertsOf(threshold.id)).toMatchObject([{ clearedAt: null }]);
    await pass(30);
    expect(await alertsOf(threshold.id)).toMatchObject([{ clearedBecause: 'recovered' }]);
    socket.close();
  });

  it('counts on over a lost Redis and a node that is gone', async () => {
    const threshold = await define({ kind: 'staffing', comparison: 'below', value: 1, forMinutes: 2 });
    await looked();
    await pass(60);
    const redis = new Redis(testServices().redisUrl);
    const keys = await redis.keys(`${installation.redisPrefix}*`);
    await redis.del(...keys);
    redis.disconnect();
    const [gone] = installation.nodes.splice(1);
    await gone?.app.close();
    await pass(50);
    expect(await alertsOf(threshold.id)).toEqual([]);
    await pass(20);
    expect(await alertsOf(threshold.id)).toHaveLength(1);
    await installation.start();
    await pass(30);
    expect(await alertsOf(threshold.id)).toHaveLength(1);
  });

  it('does not count what nobody watched', async () => {
    const threshold = await define({ kind: 'staffing', comparison: 'below', value: 1, forMinutes: 2 });
    await looked();
    installation.clock.advance(180_000);
    await looked();
    expect(await alertsOf(threshold.id)).toEqual([]);
    await pass(120);
    expect(await alertsOf(threshold.id)).toHaveLength(1);
  });

  it('knows who waits too long, also where nobody has the conversation', async () => {
    const [ofTeam, ofAll] = [
      await define({ kind: 'waiting', value: 25 }),
      await define({ kind: 'waiting', value: 25, scope: {} }),
    ];
    await client.query('update conversation set assignee_id = null where id = $1', [conversationId]);
    await record(1, 'inbound');
    await pass(20);
    expect([await alertsOf(ofTeam.id), await alertsOf(ofAll.id)]).toEqual([[], []]);
    await pass(20);
    const [one, other] = [await alertsOf(ofTeam.id), await alertsOf(ofAll.id)];
    expect(one).toMatchObject([{ agent: null, team: { id: team.id } }]);
    expect(other).toMatchObject([{ agent: null, team: null }]);
    expect(one[0]?.value).toBeGreaterThan(25);
    await record(1, 'outbound');
    await pass(10);
    expect(await alertsOf(ofTeam.id)).toMatchObject([{ clearedBecause: 'recovered' }]);
  });

  it('knows whose load is high, by capacity', async () => {
    const socket = await PlainSocket.connect(
      `${installation.node.url}/inbox`,
      (await (await loginAs(installation, agent)).credentials.bearer()) ?? '',
    );
    await sayAvailable(admin, agent);
    const threshold = await define({ kind: 'load', value: 0.9 });
    await admin.conversations.assign(conversationId, { agentId: agent.id });
    await pass(10);
    expect(await alertsOf(threshold.id)).toEqual([]);
    await admin.agents.update(agent.id, { capacity: 1 });
    await pass(10);
    expect(await alertsOf(threshold.id)).toMatchObject([{ agent: { id: agent.id }, value: 1 }]);
    socket.close();
  });

  it('clears what a threshold has raised when that is changed, disabled or deleted, and not when it is renamed', async () => {
    const threshold = await define({ kind: 'staffing', comparison: 'below', value: 1 });
    await pass(10);
    const renamed = await admin.thresholds.update(threshold.id, { name: `Renamed ${randomUUID()}` });
    expect(renamed).toMatchObject({ version: 2, openAlerts: 1 });
    expect((await admin.thresholds.update(threshold.id, { value: 2 })).openAlerts).toBe(0);
    expect(await alertsOf(threshold.id)).toMatchObject([{ clearedBecause: 'threshold_changed', name: threshold.name }]);
    await pass(10);
    expect((await admin.thresholds.update(threshold.id, { enabled: false })).openAlerts).toBe(0);
    const witness = await define({ kind: 'staffing', comparison: 'below', value: 1 });
    await pass(10);
    expect((await admin.thresholds.delete(witness.id)).openAlerts).toBe(1);
    expect((await alertsOf(threshold.id)).filter(({ clearedAt }) => clearedAt === null)).toEqual([]);
    await admin.thresholds.update(threshold.id, { enabled: true });
    await pass(10);
    await admin.thresholds.delete(threshold.id);
    const history = await alertsOf(threshold.id);
    expect(history.map(({ clearedBecause }) => clearedBecause)).toEqual(Array(3).fill('threshold_changed'));
    expect(await problemOf(admin.thresholds.get(threshold.id))).toMatchObject({ code: 'not_found' });
  });

  it('tells dashboards on every node what is raised and cleared, in order, and what they missed', async () => {
    const token = await freshToken();
    const sockets = await Promise.all(
      installation.nodes.map(({ url }) => PlainSocket.connect(`${url}/dashboard`, token)),
    );
    const events = sockets.map(() => [] as [string, AlertEvent][]);
    sockets.forEach(({ socket }, index) => {
      for (const name of ['alert.raised', 'alert.cleared']) {
        socket.on(name, (body: AlertEvent) => events[index]?.push([name, body]));
      }
    });
    const begin = await Promise.all(
      sockets.map((socket) => socket.ask<AlertsSubscription>('subscribe', { topic: 'alerts' })),
    );
    const threshold = await define({ kind: 'staffing', comparison: 'below', value: 1 });
    await pass(10);
    await admin.thresholds.delete(threshold.id);
    await eventually(
      () => events.map((own) => own.length),
      (lengths) => lengths.every((length) => length === 2),
    );
    for (const [index, answer] of begin.entries()) {
      if (!answer.ok || answer.data.mode !== 'snapshot') throw new Error('a new view begins with a snapshot');
      const { epoch, offset, alerts } = answer.data;
      expect(alerts).toEqual([]);
      expect(events[index]).toMatchObject([
        ['alert.raised', { epoch, prev: offset, offset: offset + 1, alert: { clearedAt: null } }],
        ['alert.cleared', { epoch, prev: offset + 1, offset: offset + 2, alert: { thresholdId: threshold.id } }],
      ]);
      const late = await PlainSocket.connect(`${installation.node.url}/dashboard`, token);
      const again = await late.ask<AlertsSubscription>('subscribe', { topic: 'alerts', epoch, offset });
      expect(again).toMatchObject({
        ok: true,
        data: { mode: 'replay', offset: offset + 2, deltas: [{ prev: offset }, { prev: offset + 1 }] },
      });
      const elsewhere = await late.ask<AlertsSubscription>('subscribe', { topic: 'alerts', epoch: 'other', offset });
      expect(elsewhere).toMatchObject({ ok: true, data: { mode: 'snapshot', offset: offset + 2, alerts: [] } });
      late.close();
    }
    for (const socket of sockets) socket.close();
  });

  it('confirms with a heartbeat that nothing is missing, and sends nothing after unsubscribing', async () => {
    const socket = await PlainSocket.connect(`${installation.node.url}/dashboard`, await freshToken());
    const answer = await socket.ask<AlertsSubscription>('subscribe', { topic: 'alerts' });
    if (!answer.ok) throw new Error(answer.error.code);
    const { subscription, epoch, offset } = answer.data;
    expect(await socket.next('heartbeat')).toMatchObject({ subscription, epoch, offset });
    await socket.ask('unsubscribe', { subscription });
    const received: unknown[] = [];
    socket.socket.on('alert.raised', (body) => received.push(body));
    await define({ kind: 'staffing', comparison: 'below', value: 1 });
    const other = await PlainSocket.connect(`${installation.node.url}/dashboard`, await freshToken());
    await other.ask('subscribe', { topic: 'alerts' });
    const told = other.next('alert.raised');
    await pass(10);
    await told;
    // On the same connection, so that whatever was sent before has arrived.
    await socket.ask('unsubscribe', { subscription });
    expect(received).toEqual([]);
    socket.close();
    other.close();
  });

  it('is followed by the client as a view of what is open', async () => {
    await freshToken();
    const dashboard = connectDashboard(admin);
    const view = dashboard.alerts();
    await view.until(({ status }) => status === 'live');
    const threshold = await define({ kind: 'staffing', comparison: 'below', value: 1 });
    const mine = ({ thresholdId }: AlertView) => thresholdId === threshold.id;
    await pass(10);
    await view.until(({ view }) => [...(view?.alerts.values() ?? [])].some(mine));
    await admin.thresholds.delete(threshold.id);
    const last = await view.until(({ view }) => ![...(view?.alerts.values() ?? [])].some(mine));
    expect(last.status).toBe('live');
    dashboard.close();
  });

  it('keeps thresholds from those who may not manage settings, and alerts from those who may not see the floor', async () => {
    const supervisors = await createTeam(admin, ['dashboard.view']);
    const supervisor = await loginAs(installation, await createAgent(admin, supervisors));
    expect(await problemOf(supervisor.thresholds.list())).toMatchObject({ permission: 'settings.manage' });
    expect((await supervisor.alerts.list()).page.hasMore).toBe(false);
    const nobody = await loginAs(installation, agent);
    expect(await problemOf(nobody.alerts.list())).toMatchObject({ permission: 'dashboard.view' });
  });

  it('refuses what makes no sense, and stale versions', async () => {
    const codes = async (rest: Partial<CreateThresholdRequest>) => {
      const request: CreateThresholdRequest = { name: 'T', kind: 'load', comparison: 'above', value: 1, ...rest };
      return (await problemOf(admin.thresholds.create(request))).errors.map(({ pointer, code }) => [pointer, code]);
    };
    expect(await codes({ kind: 'waiting', comparison: 'below' })).toEqual([['/comparison', 'comparison_invalid']]);
    expect(await codes({ kind: 'staffing', value: 1.5 })).toEqual([['/value', 'value_invalid']]);
    expect(await codes({ window: 'm5' })).toEqual([['/window', 'window_unexpected']]);
    expect(await codes({ scope: { teamId: randomUUID() } })).toEqual([['/scope/teamId', 'team_not_found']]);
    expect(await codes({ forMinutes: 1_441 })).toEqual([['/forMinutes', 'for_minutes_invalid']]);
    const { id, name } = await define({ kind: 'load', value: 1 });
    expect(await problemOf(define({ kind: 'load', value: 1, name: name.toUpperCase() }))).toMatchObject({
      code: 'name_taken',
    });
    const stale = problemOf(admin.thresholds.update(id, { value: 2 }, { ifMatch: 9 }));
    expect(await stale).toMatchObject({ code: 'stale_version', version: 1 });
    const socket = await PlainSocket.connect(`${installation.node.url}/dashboard`, await freshToken());
    expect(await socket.ask('subscribe', { topic: 'alerts', scope: { teamId: team.id } })).toMatchObject({
      ok: false,
      error: { errors: [{ code: 'scope_unexpected' }] },
    });
    socket.close();
  });
});
