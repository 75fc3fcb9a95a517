import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { everyPage, type MusterApi } from '#client';
import type { AgentView, ConversationView, Direction, OccupancyReportRow, TeamView } from '#contracts';
import { DensityRollup } from '../../src/density/density-rollup.js';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('reports', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let team: TeamView;
  let agents: AgentView[];
  let conversation: ConversationView;
  let began: number;

  beforeAll(async () => {
    installation = await startNodes();
    began = Math.floor(now() / HOUR) * HOUR;
    admin = await installation.admin();
    team = await createTeam(admin, ['inbox.read', 'inbox.reply'], { name: '=cmd()' });
    agents = [await createAgent(admin, team, { name: '+Ana' }), await createAgent(admin, team)];
    const contact = { name: 'Customer', phone: '+5511912345678' };
    conversation = await admin.conversations.create({ contact, teamId: team.id });
  });

  afterAll(() => installation.stop());

  const now = () => installation.clock.now();
  const iso = (time: number) => new Date(time).toISOString();
  /** The hour in which the test began, or one before it. */
  const hour = (ago = 0) => began - ago * HOUR;

  const report = (at: number, direction: Direction, agent: AgentView) =>
    admin.interactions.report([
      { id: randomUUID(), conversationId: conversation.id, agentId: agent.id, direction, at: iso(at) },
    ]);

  const get = async (path: string, headers: Record<string, string> = {}) => {
    const token = (await admin.credentials.bearer()) ?? '';
    const url = `${installation.node.url}/api/v1/reports/${path}`;
    return fetch(url, { headers: { authorization: `Bearer ${token}`, ...headers } });
  };

  it('tell interactions as soon as they are acknowledged, in the buckets they belong to, rolled up or not', async () => {
    const [ana, bea] = agents as [AgentView, AgentView];
    const rollup = installation.node.app.get(DensityRollup);
    await report(hour(3) + 1, 'inbound', ana);
    await report(hour(2), 'outbound', ana);
    await rollup.run();
    await report(hour(3) + 59 * MINUTE, 'inbound', bea);
    const range = { from: iso(hour(4)), to: iso(hour(1)) };
    const expected = [
      { at: iso(hour(4)), inbound: 0, outbound: 0 },
      { at: iso(hour(3)), inbound: 2, outbound: 0 },
      { at: iso(hour(2)), inbound: 0, outbound: 1 },
    ];
    expect((await admin.reports.density(range)).data).toEqual(expected);
    await rollup.run();
    const answer = await admin.reports.density({ ...range, teamId: team.id });
    expect(answer).toMatchObject({ ...range, interval: 'hour', data: expected });
    const { data } = await admin.reports.density({ ...range, agentId: bea.id, interval: '5m' });
    expect(data).toHaveLength(36);
    expect(data.filter(({ inbound }) => inbound > 0)).toEqual([
      { at: iso(hour(3) + 55 * MINUTE), inbound: 1, outbound: 0 },
    ]);
  });

  it('tell time in state and with conversations from what agents did', async () => {
    const [ana] = agents as [AgentView, AgentView];
    installation.clock.advance(5 * MINUTE);
    const from = iso(Math.floor(now() / MINUTE) * MINUTE);
    await admin.agents.setPresence(ana.id, { availability: 'available' });
    installation.clock.advance(10 * MINUTE);
    const to = iso(Math.floor(now() / MINUTE) * MINUTE);
    const { data } = await admin.reports.presence({ from, to, agentId: ana.id });
    expect(data).toHaveLength(1);
    // Available and not connected is offline.
    expect(data[0]?.timeMs).toEqual({ available: 0, busy: 0, away: 0, offline: Date.parse(to) - Date.parse(from) });
    const pages = everyPage((params) => admin.reports.occupancy({ ...params, from, to }), { limit: 1 });
    const rows: OccupancyReportRow[] = [];
    for await (const row of pages) rows.push(row);
    expect(rows.length).toBeGreaterThanOrEqual(3);
    expect(new Set(rows.map(({ agent }) => agent?.id)).size).toBe(rows.length);
  });

  it.each([
    ['density', 'from=2026-11-23&to=2026-11-24', '?from', 'time_invalid'],
    ['density', 'from=2026-11-23T10:00:00&to=2026-11-23T11:00:00Z', '?from', 'time_invalid'],
    ['presence', 'from=2026-02-30T10:00:00Z&to=2026-03-05T11:00:00Z', '?from', 'time_invalid'],
    ['presence', 'from=H2&to=2026-13-01T11:00:00Z', '?to', 'time_invalid'],
    ['density', 'to=2026-11-23T11:00:00Z', '/from', 'time_invalid'],
    ['density', 'from=H2&to=H2', '?to', 'range_empty'],
    ['occupancy', 'from=H1&to=H2', '?to', 'range_empty'],
    ['presence', 'from=F&to=F2', '?from', 'range_in_future'],
    ['density', 'from=OLD&to=H1', '?from', 'range_too_old'],
    ['density', 'from=H30&to=H1&interval=minute', '?to', 'range_too_long'],
    ['occupancy', 'from=D32&to=H1', '?to', 'range_too_long'],
    ['presence', 'from=D94&to=H1', '?to', 'range_too_long'],
    ['density', 'from=M1&to=H0&interval=hour', '?from', 'range_not_aligned'],
    ['density', 'from=H30&to=H1&interval=day', '?from', 'range_not_aligned'],
    ['density', 'from=H2&to=H1&interval=second', '/interval', 'is_in'],
    ['presence', 'from=H2&to=H1&groupBy=country', '/groupBy', 'is_in'],
    ['presence', 'from=H2&to=H1&limit=201', '/limit', 'max'],
  ])('refuse %s?%s', async (name, text, pointer, code) => {
    const times: Record<string, number> = {
      H0: hour(),
      H1: hour(1),
      H2: hour(2),
      H30: hour(30) + (new Date(hour(30)).getUTCHours() === 0 ? HOUR : 0),
      M1: hour(1) + MINUTE,
      D32: hour(32 * 24 + 2),
      D94: hour(94 * 24 + 2),
      OLD: hour(401 * 24),
      F: now() + HOUR,
      F2: now() + 2 * HOUR,
    };
    const query = text.replaceAll(/=([A-Z]\w*)/g, (whole, key: string) => (times[key] ? `=${iso(times[key])}` : whole));
    const response = await get(`${name}?${query}`);
    const problem = (await response.json()) as { code: string; errors: { pointer: string; code: string }[] };
    expect([response.status, problem.code]).toEqual([422, 'validation_failed']);
    expect(problem.errors).toEqual([expect.objectContaining({ pointer, code })]);
  });

  it('need reports.view, and know only their workspace', async () => {
    const range = { from: iso(hour(2)), to: iso(hour(1)) };
    const ana = await loginAs(installation, agents[0]);
    for (const call of ['density', 'presence', 'occupancy'] as const) {
      expect(await problemOf(ana.reports[call](range))).toMatchObject({ code: 'permission_missing' });
      expect(await problemOf(admin.reports[call]({ ...range, teamId: randomUUID() }))).toMatchObject({
        code: 'not_found',
      });
      expect(await problemOf(admin.reports[call]({ ...range, agentId: team.id }))).toMatchObject({ code: 'not_found' });
    }
  });

  it('come as CSV files too, in which nothing is a formula', async () => {
    const range = `from=${iso(hour(4))}&to=${iso(hour(1))}`;
    const density = await get(`density?${range}&format=csv`);
    expect(density.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect((await density.text()).split('\r\n').slice(0, 3)).toEqual([
      '"at","inbound","outbound"',
      `"${iso(hour(4))}",0,0`,
      `"${iso(hour(3))}",2,0`,
    ]);
    for (const name of ['presence', 'occupancy']) {
      const response = await get(`${name}?${range}`, { accept: 'text/csv' });
      expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${name}.csv"`);
      const text = await response.text();
      expect(text).toContain(`"'+Ana"`);
      expect(text).toContain(`"'=cmd()"`);
      expect(text).not.toMatch(/(^|,)"?[=+]/m);
    }
    const refused = await get(`presence?from=x&to=y&format=csv`);
    expect(refused.status).toBe(422);
  });

  it('leave room for others: few are computed at a time, however many are asked for', async () => {
    const client = new pg.Client({ connectionString: installation.databaseUrl });
    await client.connect();
    const computing = async () => {
      const waiting = `select from pg_locks where relation = 'assignment_interval'::regclass and not granted`;
      return (await client.query(waiting)).rowCount ?? 0;
    };
    try {
      await client.query('begin; lock table assignment_interval in access exclusive mode');
      const range = { from: iso(hour(2)), to: iso(hour(1)) };
      const reports = Array.from({ length: 20 }, () => admin.reports.occupancy(range));
      await eventually(computing, (count) => count > 0);
      await admin.thresholds.list();
      expect(await computing()).toBeLessThanOrEqual(3);
      await client.query('rollback');
      expect(await Promise.all(reports)).toHaveLength(20);
    } finally {
      await client.end();
    }
  });
});
