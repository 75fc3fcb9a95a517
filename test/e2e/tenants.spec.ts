/**
 * Two workspaces with the same e-mails, names and external ids: nothing of one is seen or changed from the other, by any
 * route, socket, cursor or job; and the same with the filter of the application switched off, as if every query through
 * the ORM had forgotten whose it is.
 */
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView, CreateThresholdRequest } from '#contracts';
import { Agent } from '../../src/agents/agent.entity.js';
import { findRoutes } from '../../src/docs/openapi/routes.js';
import { Database } from '../../src/platform/database/database.js';
import { workspaceFilter } from '../../src/platform/database/workspace-filter.js';
import { makeAvailable } from '../support/availability.js';
import { eventually } from '../support/eventually.js';
import { WRITES } from '../support/every-write.js';
import { PlainSocket } from '../support/live.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';
import { createSecondWorkspace } from '../support/second-workspace.js';

const PHONE = '+5511987654321';
const THRESHOLD: CreateThresholdRequest = { name: 'Same', kind: 'density', comparison: 'above', value: 6 };
const HOOK = { url: 'https://receiver.invalid/hook', events: ['agent.deactivated' as const] };
/** What a query needs; in all of it, somebody of either workspace may be asked for. */
const NEEDED: Record<string, string> = {
  '/access/diagnosis': '?email=same@example.com',
  '/reports/density': '?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z',
  '/reports/occupancy': '?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z',
  '/reports/presence': '?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z',
};

/** Deliveries go on for days: nobody is at `receiver.invalid`. */
const PENDING = `select from outbox where workspace_id = $1 and done_at is null and topic <> 'webhooks.deliver'`;
const BY_THEMSELVES = ['outbox', 'idempotency_key', 'alert_head', 'alert_crossing', 'team_sync', 'webhook_delivery'];

describe.each(['on', 'off'])('two workspaces alike, with the filter of the application %s', (filter) => {
  const condition = workspaceFilter.workspace.cond;
  let installation: TestInstallation;
  let owner: pg.Client;
  let ours: MusterApi;
  let theirs: MusterApi;
  let workspaces: { ours: string; theirs: string };
  let agents: { ours: AgentView; theirs: AgentView };

  beforeAll(async () => {
    if (filter === 'off') Object.assign(workspaceFilter.workspace, { cond: () => ({}) });
    installation = await startNodes(1);
    owner = new pg.Client({ connectionString: installation.databaseUrl });
    await owner.connect();
    theirs = await createSecondWorkspace(installation);
    ours = await installation.admin();
    workspaces = { ours: (await ours.me()).workspace.id, theirs: (await theirs.me()).workspace.id };
    agents = { theirs: await furnish(theirs), ours: await furnish(ours) };
  });

  afterAll(async () => {
    Object.assign(workspaceFilter.workspace, { cond: condition });
    await owner.end();
    await installation.stop();
  });

  it('has the filter as said', async () => {
    const found = installation.node.app.get(Database).systemTransaction((em) => em.find(Agent, {}));
    if (filter === 'on') await expect(found).rejects.toThrow(/workspace/);
    else expect(new Set((await found).map(({ workspaceId }) => workspaceId)).size).toBe(2);
  });

  it('shows nothing of the other by any route that reads', async () => {
    const [foreign, own] = [await idsOf(workspaces.theirs), await idsOf(workspaces.ours)];
    for (const path of await readRoutes()) {
      if (path.includes('{')) continue;
      const answers = await Promise.all([ours, theirs].map((api) => ask(api, `${path}${NEEDED[path] ?? ''}`)));
      expect([path, ...answers.map(({ status }) => status)]).toEqual([path, 200, 200]);
      expect([path, foreign.filter((id) => answers[0]?.text.includes(id))]).toEqual([path, []]);
      expect([path, own.filter((id) => answers[1]?.text.includes(id))]).toEqual([path, []]);
    }
  });

  it('finds nothing of the other by any id', async () => {
    const foreign = await idsOf(workspaces.theirs);
    const paths = (await readRoutes()).filter((path) => path.includes('{'));
    expect(paths.length).toBeGreaterThan(8);
    for (const path of paths) {
      const statuses = await Promise.all(
        foreign.map(async (id) => (await ask(ours, path.replace(/\{\w+\}/, id))).status),
      );
      expect([path, [...new Set(statuses)]]).toEqual([path, [404]]);
    }
  });

  it('takes a cursor of the other for a place in its own list, or refuses it', async () => {
    const foreign = await idsOf(workspaces.theirs);
    let cursors = 0;
    for (const path of (await readRoutes()).filter((route) => !route.includes('{'))) {
      const { text } = await ask(theirs, `${path}${NEEDED[path] ? `${NEEDED[path]}&` : '?'}limit=1`);
      const cursor = /"(?:next|nextCursor|cursor)":"([^"]+)"/.exec(text)?.[1];
      if (!cursor) continue;
      cursors++;
      const answer = await ask(
        ours,
        `${path}${NEEDED[path] ? `${NEEDED[path]}&` : '?'}cursor=${encodeURIComponent(cursor)}`,
      );
      expect([path, [200, 400, 422].includes(answer.status)]).toEqual([path, true]);
      expect([path, foreign.filter((id) => answer.text.includes(id))]).toEqual([path, []]);
    }
    expect(cursors).toBeGreaterThan(4);
  });

  it.each(Object.keys(WRITES).filter((route) => route.includes('{') || route === 'DELETE /sessions'))(
    '%s changes nothing of the other',
    async (route) => {
      const write = await WRITES[route]?.({ installation, admin: theirs });
      if (!write) throw new Error(`How is ${route} called?`);
      const before = await everythingOf(workspaces.theirs);
      const { status } = await ask(ours, write.path, { ...write, method: route.split(' ')[0] });
      expect(status).toBe(404);
      expect(await everythingOf(workspaces.theirs)).toEqual(before);
    },
  );

  it('changes many of its own and none of the other', async () => {
    const before = await everythingOf(workspaces.theirs);
    const ids = [agents.ours.id, agents.theirs.id];
    expect(JSON.stringify(await ours.agents.bulk({ ids, set: { hidePhone: true } }))).toContain('not_found');
    const csv = `name,email,phone,team\nRenamed,same@example.com,${PHONE},Same\n`;
    await ask(ours, '/agents/import', { method: 'POST', body: csv, headers: { 'content-type': 'text/csv' } });
    expect((await ours.agents.get(agents.ours.id)).name).toBe('Renamed');
    expect(await everythingOf(workspaces.theirs)).toEqual(before);
  });

  it('counts the same ids for each', async () => {
    for (const api of [ours, theirs]) {
      const [conversation] = (await api.conversations.list()).data;
      const interaction = { conversationId: conversation?.id ?? '', direction: 'inbound' as const };
      const answer = await api.interactions.report([{ id: 'same', ...interaction, at: new Date().toISOString() }]);
      expect(answer).toMatchObject({ accepted: 1, duplicates: 0, rejected: [] });
    }
  });

  it('brings jobs of one to nobody of the other, and tells nobody there', async () => {
    const sockets = await Promise.all([
      listen(ours, '/dashboard', 'roster'),
      listen(ours, '/dashboard', 'alerts'),
      listen(ours, '/inbox', 'assignable'),
    ]);
    const before = await everythingOf(workspaces.ours);
    const team = await createTeam(theirs, ['inbox.read', 'inbox.reply']);
    const agent = await createAgent(theirs, team);
    await theirs.agents.setPresence(agents.theirs.id, { availability: 'available' });
    await theirs.teams.update(team.id, { permissions: ['inbox.read'] });
    await eventually(
      () => theirs.agents.get(agent.id),
      ({ sync }) => sync.version > 1 && sync.syncedVersion === sync.version,
    );
    await theirs.agents.update(agent.id, { status: 'inactive' });
    expect(await everythingOf(workspaces.ours)).toEqual(before);
    const own = await createAgent(ours, await createTeam(ours, ['inbox.read', 'inbox.reply']));
    await eventually(
      () => sockets[0].frames.join(),
      (frames) => frames.includes(own.id),
    );
    const foreign = await idsOf(workspaces.theirs);
    const frames = sockets.flatMap((socket) => socket.frames).join();
    expect(foreign.filter((id) => frames.includes(id))).toEqual([]);
    for (const { socket } of sockets) socket.close();
  });

  /** The same in each: somebody with work, waiting customers, and one of everything that can be listed. */
  async function furnish(api: MusterApi): Promise<AgentView> {
    const team = await createTeam(api, ['inbox.read', 'inbox.reply'], { name: 'Same' });
    const agent = await createAgent(api, team, { email: 'same@example.com', name: 'Same' });
    await createAgent(api, team, { email: 'twin@example.com', name: 'Same' });
    const { workspace } = await api.me();
    await installation.client().auth.login({ email: agent.email, password: PASSWORD, workspace: workspace.slug });
    await makeAvailable(installation, api, agent);
    const conversation = await api.conversations.create({
      contact: { phone: PHONE, name: 'Same' },
      externalId: 'same',
    });
    await api.conversations.create({ contact: { phone: PHONE }, externalId: 'twin' });
    await api.conversations.assign(conversation.id, { agentId: agent.id });
    for (const name of ['Same', 'Twin']) {
      await api.thresholds.create({ ...THRESHOLD, name });
      await api.apiKeys.create({ name, permissions: ['inbox.read'] });
      await api.webhooks.create(HOOK);
      await api.channels.create({ name, phoneNumberId: String(Math.floor(Math.random() * 1e15)) });
    }
    return agent;
  }

  async function listen(api: MusterApi, namespace: string, topic: string) {
    const socket = await PlainSocket.connect(
      `${installation.node.url}${namespace}`,
      (await api.credentials.bearer()) ?? '',
    );
    const frames: string[] = [];
    socket.socket.onAny((...frame: unknown[]) => frames.push(JSON.stringify(frame)));
    const answer = await socket.ask('subscribe', { topic });
    frames.push(JSON.stringify(answer));
    expect(answer.ok).toBe(true);
    return { socket, frames };
  }

  async function readRoutes(): Promise<string[]> {
    return (await findRoutes('api/v1'))
      .filter(({ verb, path }) => verb === 'get' && !path.includes('whatsapp'))
      .map(({ path }) => path.replace('/api/v1', ''));
  }

  async function ask(
    api: MusterApi,
    path: string,
    { method = 'GET', body, headers }: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; text: string }> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const type = text === undefined ? {} : { 'content-type': 'application/json' };
    const authorization = `Bearer ${await api.credentials.bearer()}`;
    const answer = await fetch(`${installation.node.url}/api/v1${path}`, {
      method,
      ...(text !== undefined && { body: text }),
      headers: { ...type, ...headers, authorization },
    });
    return { status: answer.status, text: await answer.text() };
  }

  /** Every id of everything the workspace has. */
  async function idsOf(workspaceId: string): Promise<string[]> {
    const ids = [workspaceId];
    for (const table of await tablesWith('id')) {
      const { rows } = await owner.query<{ id: string }>(`select id from ${table} where workspace_id = $1`, [
        workspaceId,
      ]);
      ids.push(...rows.map(({ id }) => id));
    }
    return ids;
  }

  /** All rows of the workspace once its jobs are done, but those that change by themselves. */
  async function everythingOf(workspaceId: string): Promise<string[]> {
    await eventually(
      () => owner.query(PENDING, [workspaceId]),
      ({ rowCount }) => rowCount === 0,
    );
    const all: string[] = [];
    for (const table of await tablesWith('workspace_id')) {
      if (BY_THEMSELVES.includes(table)) continue;
      const text = `select to_jsonb(t) - 'last_seen_at' - 'last_used_at' as row from ${table} t where workspace_id = $1`;
      const { rows } = await owner.query<{ row: unknown }>(text, [workspaceId]);
      all.push(...rows.map(({ row }) => `${table} ${JSON.stringify(row)}`));
    }
    return all.sort();
  }

  /** Those with a workspace whose column `name` is an id. */
  async function tablesWith(name: string): Promise<string[]> {
    const { rows } = await owner.query<{ table: string }>(
      `select c.relname as table from pg_class c
       join pg_attribute w on w.attrelid = c.oid and w.attname = 'workspace_id'
       join pg_attribute i on i.attrelid = c.oid and i.attname = $1 and i.atttypid = 'uuid'::regtype
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`,
      [name],
    );
    return rows.map(({ table }) => table);
  }
});
