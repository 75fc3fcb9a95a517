import pg from 'pg';
import { everyPage, type MusterApi } from '#client';
import type { TimelineEntry } from '#contracts';
import { eventually } from '../support/eventually.js';
import { PlainSocket } from '../support/live.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

describe('the timeline of an agent', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let pool: pg.Pool;

  beforeAll(async () => {
    installation = await startNodes();
    admin = await installation.admin();
    pool = new pg.Pool({ connectionString: installation.databaseUrl, max: 2 });
  });

  afterAll(async () => {
    await pool.end();
    await installation.stop();
  });

  const all = async (id: string, limit = 200) => {
    const entries: TimelineEntry[] = [];
    for await (const entry of everyPage((params) => admin.agents.timeline(id, params), { limit })) entries.push(entry);
    return entries;
  };
  const short = (entry: TimelineEntry) => {
    if (entry.kind === 'presence') return `presence ${entry.state} ${entry.cause}`;
    if (entry.kind === 'receipt') return `receipt ${entry.receipt.cause}`;
    return entry.kind === 'sync' ? 'sync' : `${entry.kind} ${entry.action}`;
  };

  it('is one list of audit, presence, assignment, sync and receipts, newest first, also after the end', async () => {
    const team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    const agent = await createAgent(admin, team);
    const api = await loginAs(installation, agent);
    const socket = await PlainSocket.connect(`${installation.node.url}/inbox`, (await api.credentials.bearer()) ?? '');
    await api.agents.setPresence(agent.id, { availability: 'available' });
    const conversation = await admin.conversations.create({ contact: { phone: '+5511998765432' } });
    await admin.conversations.assign(conversation.id, { agentId: agent.id });
    await admin.agents.update(agent.id, { name: 'Ana Maria' });
    await eventually(
      () => admin.agents.get(agent.id),
      (view) => view.sync.syncedVersion === view.sync.version,
    );
    expect((await all(agent.id)).map(short)).toContain('sync');
    await admin.agents.update(agent.id, { status: 'inactive' });
    socket.close();
    await admin.agents.delete(agent.id);

    const entries = await all(agent.id);
    expect(entries.map(({ at }) => at)).toEqual(
      entries
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    const kinds = entries.map(short);
    for (const expected of [
      'audit agent.created',
      'presence offline created',
      'presence away connected',
      'presence available chosen',
      'assignment conversation.assigned',
      'audit agent.updated',
      'audit agent.deactivated',
      'assignment conversation.released',
      'presence offline lifecycle',
      'receipt agent_deactivated',
      'audit agent.deleted',
      'receipt agent_deleted',
    ]) {
      expect(kinds).toContain(expected);
    }
    expect(entries.find((entry) => short(entry) === 'audit agent.updated')).toMatchObject({
      actor: { kind: 'agent', id: (await admin.me()).agent.id, name: expect.any(String) },
      before: { name: 'Ana Souza' },
      after: { name: 'Ana Maria' },
      requestId: expect.any(String),
    });
    expect(entries.find((entry) => short(entry) === 'assignment conversation.released')).toMatchObject({
      conversationId: conversation.id,
      actor: { kind: 'system', id: null, name: null },
      from: { id: agent.id, name: 'Ana Maria' },
      to: null,
    });
    expect(entries.find((entry) => short(entry) === 'receipt agent_deactivated')).toMatchObject({
      receipt: { enforcement: 'complete', sessions: 1, conversationsReleased: 1, nodes: [{ outcome: 'applied' }] },
    });
    expect(JSON.stringify(entries)).not.toMatch(/998765432/);

    expect((await all(agent.id, 3)).map(({ id, kind }) => `${kind} ${id}`)).toEqual(
      entries.map(({ id, kind }) => `${kind} ${id}`),
    );
  });

  it('pages neither skip nor repeat where many things have one time', async () => {
    const team = await createTeam(admin, ['inbox.read']);
    const agent = await createAgent(admin, team);
    await pool.query(
      `insert into presence_interval (id, workspace_id, agent_id, state, availability, connected, cause, started_at, ended_at)
       select gen_random_uuid(), workspace_id, id, 'away', 'away', true, 'connected', '2026-01-01T00:00:00.123456Z', now()
       from agent, generate_series(1, 57) where id = $1`,
      [agent.id],
    );
    const entries = await all(agent.id, 10);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    expect(entries.filter(({ kind }) => kind === 'presence')).toHaveLength(58);
  });

  it('is of one kind when that is asked for, page by page', async () => {
    const agent = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    await admin.agents.update(agent.id, { name: 'Ana Maria' });
    const kinds = ['audit', 'presence', 'assignment', 'sync', 'receipt'] as const;
    await eventually(
      () => admin.agents.get(agent.id),
      (view) => view.sync.syncedVersion === view.sync.version,
    );
    const everything = await all(agent.id);
    for (const kind of kinds) {
      const some: TimelineEntry[] = [];
      const pages = everyPage((params) => admin.agents.timeline(agent.id, { ...params, kind }), { limit: 1 });
      for await (const entry of pages) some.push(entry);
      expect(some).toEqual(everything.filter((entry) => entry.kind === kind));
    }
    const gossip = Object.assign({}, { kind: kinds[0] }, JSON.parse('{"kind":"gossip"}'));
    expect(await problemOf(admin.agents.timeline(agent.id, gossip))).toMatchObject({ code: 'validation_failed' });
  });

  it('is for those who read agents, and of their workspace only', async () => {
    const agent = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    const api = await loginAs(installation, agent);
    expect(await problemOf(api.agents.timeline(agent.id))).toMatchObject({ status: 403, permission: 'agents.read' });
    const missing = '0190b8a0-0000-7000-8000-000000000000';
    expect(await problemOf(admin.agents.timeline(missing))).toMatchObject({ status: 404 });
    expect(await problemOf(admin.agents.timeline(agent.id, { cursor: 'x' }))).toMatchObject({ code: 'invalid_cursor' });
  });

  it('reads a page by index from each source, however much there is', async () => {
    const agent = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    await pool.query('analyze audit_entry, presence_interval, revocation');
    const { timelineSql } = await import('../../src/admin/timeline/timeline.queries.js');
    const client = await pool.connect();
    try {
      await client.query('set enable_seqscan = off');
      const parameters = [agent.id, agent.id, 51, '2026-01-01 00:00:00+00', agent.id];
      const plan = await client.query<{ 'QUERY PLAN': string }>(`explain ${timelineSql(undefined, true)}`, parameters);
      const text = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
      for (const index of [
        'audit_entry_timeline',
        'presence_interval_agent',
        'audit_entry_got',
        'audit_entry_lost',
        'revocation_agent',
      ]) {
        expect(text).toContain(index);
      }
      expect(text).not.toContain('Seq Scan');
    } finally {
      client.release(true);
    }
  });
});
