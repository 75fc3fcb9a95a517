import { createHmac, randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { Id, WebhookDeliveryView, WebhookEvent, WebhookPayload } from '#contracts';
import { eventually } from '../support/eventually.js';
import { PlainSocket } from '../support/live.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';
import { type Received, Receiver } from '../support/receiver.js';
import { testServices } from '../support/services.js';

/** By the specification: base64 of HMAC-SHA256 over `id.timestamp.body`, with what follows `whsec_` as the key. */
function signed(secret: string, { headers, body }: Received): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const text = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
}

const payloadOf = ({ body }: Received) => JSON.parse(body) as WebhookPayload;

describe('outgoing webhooks', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let client: pg.Client;
  let receiver: Receiver;

  beforeAll(async () => {
    installation = await startNodes(2, { MUSTER_OUTGOING_LOOPBACK: 'on' });
    admin = await installation.admin();
    client = new pg.Client({ connectionString: installation.databaseUrl });
    await client.connect();
    receiver = await Receiver.start();
  });

  afterEach(async () => {
    await admin.auth.refresh();
    for (const { id } of (await admin.webhooks.list()).data) await admin.webhooks.delete(id);
    receiver.replies.splice(0);
    receiver.received.splice(0);
  });

  afterAll(async () => {
    await receiver.stop();
    await client.end();
    await installation.stop();
  });

  const define = (path: string, ...events: WebhookEvent[]) =>
    admin.webhooks.create({ url: receiver.url(path), events: events.length > 0 ? events : ['agent.deactivated'] });

  /** Something that happens: an agent is made inactive. */
  const happen = async (): Promise<Id> => {
    const team = await createTeam(admin, ['inbox.read']);
    const { id } = await createAgent(admin, team);
    await admin.agents.update(id, { status: 'inactive' });
    return id;
  };

  const deliveries = async (id: Id) => (await admin.webhooks.deliveries(id)).data;

  /** The newest delivery, once there is one that `accept`s. */
  const delivery = async (id: Id, accept: (delivery: WebhookDeliveryView) => boolean) => {
    const [first] = await eventually(
      () => deliveries(id),
      ([newest]) => newest !== undefined && accept(newest),
      20_000,
    );
    if (!first) throw new Error('there is no delivery');
    return first;
  };

  /** Lets the pause before the next attempt pass. */
  const passPause = async (id: Id) => {
    const { nextAttemptAt } = await delivery(id, (newest) => newest.nextAttemptAt !== null);
    installation.clock.advance(Date.parse(nextAttemptAt ?? '') - installation.clock.now() + 1);
    await admin.auth.refresh();
  };

  it('tells, signed, what happened: ids and no more', async () => {
    const { id, secret } = await define('/told');
    const agentId = await happen();
    const [request, ...others] = await receiver.got(1, '/told');
    if (!request) throw new Error('nothing was received');
    expect(others).toEqual([]);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(request.headers['webhook-signature']).toBe(signed(secret, request));
    const seconds = Number(request.headers['webhook-timestamp']);
    expect(Math.abs(seconds - installation.clock.now() / 1_000)).toBeLessThan(30);
    const { workspace } = await admin.me();
    expect(payloadOf(request)).toEqual({
      type: 'agent.deactivated',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { workspaceId: workspace.id, id: agentId, changed: ['status'], related: {} },
    });
    const done = await delivery(id, ({ status }) => status !== 'pending');
    expect(done).toMatchObject({ status: 'delivered', attempts: 1, responseStatus: 204, subjectId: agentId });
    expect(done.id).toBe(request.headers['webhook-id']);
    expect(JSON.stringify(await admin.webhooks.get(id))).not.toContain('whsec_');
    const { rows } = await client.query<{ secret: Buffer }>('select secret from webhook_endpoint where id = $1', [id]);
    expect(rows[0]?.secret.includes(Buffer.from(secret))).toBe(false);
  });

  it('tells each endpoint only what it asked for, and nothing of what was rolled back', async () => {
    const [{ id }, other] = [
      await define('/assigned', 'conversation.assigned'),
      await define('/made', 'agent.created'),
    ];
    const team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    const agent = await createAgent(admin, team);
    const token = (await (await loginAs(installation, agent)).credentials.bearer()) ?? '';
    const socket = await PlainSocket.connect(`${installation.node.url}/inbox`, token);
    await admin.agents.setPresence(agent.id, { availability: 'available' });
    const conversation = await admin.conversations.create({ contact: { phone: '+5511987650001' }, teamId: team.id });
    await admin.agents.rehearse.update(agent.id, { status: 'inactive' });
    await admin.conversations.assign(conversation.id, { agentId: agent.id });
    const [request] = await receiver.got(1, '/assigned');
    expect(request && payloadOf(request)).toMatchObject({
      type: 'conversation.assigned',
      data: { id: conversation.id, related: { assigneeId: agent.id, previousAssigneeId: null } },
    });
    expect(await deliveries(id)).toHaveLength(1);
    expect(await deliveries(other.id)).toMatchObject([{ event: 'agent.created', subjectId: agent.id }]);
    socket.close();
  });

  it('tells of alerts', async () => {
    await define('/alerts', 'alert.raised', 'alert.cleared');
    const team = await createTeam(admin, []);
    const threshold = await admin.thresholds.create({
      name: `Threshold ${randomUUID()}`,
      kind: 'staffing',
      comparison: 'below',
      value: 1,
      scope: { teamId: team.id },
    });
    installation.clock.advance(10_000);
    const [raised] = await receiver.got(1, '/alerts');
    await admin.thresholds.delete(threshold.id);
    const [, cleared] = await receiver.got(2, '/alerts');
    const related = { thresholdId: threshold.id, agentId: null, teamId: team.id };
    expect(raised && payloadOf(raised)).toMatchObject({ type: 'alert.raised', data: { related } });
    expect(cleared && payloadOf(cleared)).toMatchObject({ type: 'alert.cleared', data: { related } });
  });

  it('tries again after longer and longer pauses, with the same id, also over a lost Redis', async () => {
    const { id, secret } = await define('/again');
    receiver.replies.push(Receiver.status(500), Receiver.status(503));
    await happen();
    await receiver.got(1, '/again');
    const first = await delivery(id, ({ failure }) => failure !== null);
    expect(first).toMatchObject({ status: 'pending', attempts: 1, responseStatus: 500, failure: 'status' });
    expect((await admin.webhooks.get(id)).failingSince).not.toBeNull();
    await passPause(id);
    await receiver.got(2, '/again');
    await delivery(id, ({ attempts, nextAttemptAt }) => attempts === 2 && nextAttemptAt !== null);
    const redis = new Redis(testServices().redisUrl);
    const keys = await redis.keys(`${installation.redisPrefix}*`);
    await redis.del(...keys);
    redis.disconnect();
    await passPause(id);
    const requests = await receiver.got(3, '/again');
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(requests.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3);
    for (const request of requests) expect(request.headers['webhook-signature']).toBe(signed(secret, request));
    expect(await delivery(id, ({ status }) => status === 'delivered')).toMatchObject({ attempts: 3, failure: null });
    expect((await admin.webhooks.get(id)).failingSince).toBeNull();
  });

  it('bounds receivers that never answer, redirect or answer without end, and nobody waits for them', async () => {
    const [hanging, redirecting, endless] = [
      await define('/hang'),
      await define('/redirect'),
      await define('/endless'),
    ];
    const byPath: Record<string, (typeof receiver.replies)[number]> = {
      '/hang': Receiver.silence(),
      '/redirect': Receiver.status(302, { location: receiver.url('/stolen') }),
      '/endless': (response) => {
        const more = () => response.write('x'.repeat(16_384), (error) => (error ? undefined : more()));
        response.writeHead(200);
        more();
      },
    };
    for (let index = 0; index < 3; index++) {
      receiver.replies.push((response, received) => byPath[received.path]?.(response, received));
    }
    await happen();
    const failed = ({ failure }: { failure: string | null }) => failure !== null;
    expect(await delivery(redirecting.id, failed)).toMatchObject({ responseStatus: 302, failure: 'status' });
    expect(await delivery(endless.id, failed)).toMatchObject({ responseStatus: null, failure: 'too_large' });
    const quick = await define('/quick', 'team.created');
    await createTeam(admin, []);
    await receiver.got(1, '/quick');
    expect((await deliveries(quick.id))[0]?.attempts).toBe(1);
    expect(await deliveries(hanging.id)).toMatchObject([{ status: 'pending', failure: null }]);
    expect(await delivery(hanging.id, failed)).toMatchObject({ responseStatus: null, failure: 'timeout' });
    expect(receiver.received.some(({ path }) => path === '/stolen')).toBe(false);
  });

  it('signs with both secrets for a day after a rotation', async () => {
    const { id, secret: before } = await define('/rotated');
    const { secret: after, previousSecretUntil } = await admin.webhooks.rotate(id);
    expect(Date.parse(previousSecretUntil ?? '')).toBeGreaterThan(installation.clock.now() + 23 * 3_600_000);
    await happen();
    const [both] = await receiver.got(1, '/rotated');
    if (!both) throw new Error('nothing was received');
    expect(both.headers['webhook-signature']).toBe(`${signed(after, both)} ${signed(before, both)}`);
    installation.clock.advance(24 * 3_600_000 + 1_000);
    await admin.auth.refresh();
    expect((await admin.webhooks.get(id)).previousSecretUntil).toBeNull();
    await happen();
    const [, one] = await receiver.got(2, '/rotated');
    expect(one && one.headers['webhook-signature']).toBe(one && signed(after, one));
  });

  it('disables an endpoint that is gone, or has only failed for days, where it can be seen', async () => {
    const gone = await define('/gone');
    receiver.replies.push(Receiver.status(410));
    await happen();
    const disabled = await eventually(
      () => admin.webhooks.get(gone.id),
      ({ enabled }) => !enabled,
    );
    expect(disabled).toMatchObject({ disabledBecause: 'gone', version: 2 });
    expect(await deliveries(gone.id)).toMatchObject([{ status: 'failed', failure: 'endpoint_disabled' }]);
    const failing = await define('/failing');
    receiver.replies.push(...Array.from({ length: 2 }, () => Receiver.status(500)));
    await happen();
    await delivery(failing.id, ({ failure }) => failure !== null);
    installation.clock.advance(5 * 24 * 3_600_000 + 1_000);
    await admin.auth.login({ email: 'admin@example.com', password: 'correct-horse-battery' });
    const given = await eventually(
      () => admin.webhooks.get(failing.id),
      ({ enabled }) => !enabled,
    );
    expect(given.disabledBecause).toBe('failing');
    const { data } = await admin.audit.list({ targetId: failing.id, action: 'webhook.disabled' });
    expect(data).toMatchObject([{ actor: { kind: 'system' }, after: { because: 'failing' } }]);
    await happen();
    expect(await deliveries(failing.id)).toHaveLength(1);
    const again = await admin.webhooks.update(failing.id, { enabled: true });
    expect(again).toMatchObject({ enabled: true, disabledBecause: null, failingSince: null });
  });

  it('sends a test, also to an endpoint that is disabled', async () => {
    const { id } = await define('/test');
    await admin.webhooks.update(id, { enabled: false });
    const test = await admin.webhooks.test(id);
    expect(test).toMatchObject({ event: 'webhook.test', subjectId: id, status: 'pending' });
    const [request] = await receiver.got(1, '/test');
    expect(request?.headers['webhook-id']).toBe(test.id);
    expect(await delivery(id, ({ status }) => status === 'delivered')).toMatchObject({ id: test.id, attempts: 1 });
  });

  it('gives up in sight what was committed for an endpoint that was disabled at the same time', async () => {
    const { id } = await define('/late');
    await admin.webhooks.update(id, { enabled: false });
    await client.query(
      `with late as (
         insert into webhook_delivery (workspace_id, endpoint_id, event, data, occurred_at)
         select workspace_id, id, 'agent.deactivated', jsonb_build_object('id', id), now() from webhook_endpoint
         where id = $1 returning id, workspace_id
       )
       insert into outbox (workspace_id, topic, key) select workspace_id, 'webhooks.deliver', id from late`,
      [id],
    );
    const given = await delivery(id, ({ status }) => status !== 'pending');
    expect(given).toMatchObject({ status: 'failed', failure: 'endpoint_disabled', nextAttemptAt: null });
  });

  it('says that a secret can not be read any more, and does not try for ever', async () => {
    const { id } = await define('/unreadable');
    await client.query("update webhook_endpoint set secret = '\\x00' where id = $1", [id]);
    await happen();
    const failed = await delivery(id, ({ failure }) => failure !== null);
    expect(failed).toMatchObject({ failure: 'secret_unreadable', attempts: 1, nextAttemptAt: expect.any(String) });
    expect(receiver.received).toEqual([]);
  });

  it('is for those who manage settings, with versions', async () => {
    const { id } = await define('/versions');
    const nobody = await loginAs(installation, await createAgent(admin, await createTeam(admin, ['dashboard.view'])));
    expect(await problemOf(nobody.webhooks.list())).toMatchObject({ permission: 'settings.manage' });
    const stale = problemOf(admin.webhooks.update(id, { enabled: false }, { ifMatch: 7 }));
    expect(await stale).toMatchObject({ code: 'stale_version', version: 1 });
    const unknown = problemOf(admin.webhooks.update(id, { events: ['all' as WebhookEvent] }));
    expect((await unknown).errors).toMatchObject([{ pointer: '/events', code: 'events_invalid' }]);
  });
});
