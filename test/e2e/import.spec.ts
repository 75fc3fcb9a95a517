import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentImportEvent, AgentView, ImportProgress, TeamView } from '#contracts';
import { eventually } from '../support/eventually.js';
import { PlainSocket } from '../support/live.js';
import { MailServer, secretIn } from '../support/mail-server.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs, PASSWORD } from '../support/people.js';
import { problemOf } from '../support/problem.js';

const HEADER = 'name,email,phone,team,hidePhone,status,notes,capacity';
const PHONE = '+5511912345678';

describe('an import of agents', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let team: TeamView;
  let pool: pg.Pool;

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
    team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    pool = new pg.Pool({ connectionString: installation.databaseUrl, max: 2 });
  });

  afterAll(async () => {
    await pool.end();
    await installation.stop();
  });

  const mail = () => `${randomUUID()}@example.com`;
  const file = (...rows: string[]) => [HEADER, ...rows].join('\n');
  const find = async (email: string): Promise<AgentView | undefined> =>
    (await admin.agents.list({ q: email })).data.find((agent) => agent.email === email);
  const auditOf = async (id: string) =>
    (await pool.query<{ action: string }>('select action from audit_entry where target_id = $1 order by at, id', [id]))
      .rows;

  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    const authorization = `Bearer ${await admin.credentials.bearer()}`;
    return fetch(`${installation.node.url}/api/v1${path}`, { ...init, headers: { ...init.headers, authorization } });
  }

  it('creates, changes and leaves, by e-mail in any case, and says so on the other node at once', async () => {
    const [fresh, known, same] = [mail(), mail(), mail()];
    const before = await createAgent(admin, team, { email: known, name: 'Old', notes: 'Keep' });
    const kept = await createAgent(admin, team, { email: same });
    const other = await createTeam(admin, ['inbox.read'], { name: `Ventas, ${randomUUID()}` });

    const done = await admin.agents.importCsv(
      [
        'email,NAME,phone,team',
        `${fresh},Ana Souza,+55 11 91234-5678,"${other.name.toUpperCase()}"`,
        `${known.toUpperCase()},New,+5511912345679,${team.id}`,
        `${same},${kept.name},${kept.phone},${team.name}`,
      ].join('\n'),
    );

    expect(done).toEqual({
      type: 'done',
      dryRun: false,
      written: true,
      rows: 3,
      created: 1,
      updated: 1,
      unchanged: 1,
      failed: 0,
      errors: [],
    });
    const there = await installation.admin(installation.nodes[1]);
    const created = (await there.agents.list({ q: fresh })).data[0];
    expect(created).toMatchObject({ name: 'Ana Souza', phone: PHONE, team: { id: other.id }, status: 'active' });
    expect(await there.agents.get(before.id)).toMatchObject({
      name: 'New',
      email: known,
      phone: '+5511912345679',
      notes: 'Keep',
      version: 2,
    });
    expect((await there.agents.get(kept.id)).version).toBe(1);
    expect(await auditOf(created?.id ?? '')).toEqual([{ action: 'agent.created' }]);
    expect(await auditOf(before.id)).toEqual([{ action: 'agent.created' }, { action: 'agent.updated' }]);
    const synced = await eventually(
      () => admin.agents.get(created?.id ?? ''),
      (view) => view.sync.syncedVersion === view.sync.version,
    );
    expect(synced.presence).toMatchObject({ state: 'offline', availability: 'away' });
  });

  it('with atomic writes all rows or none', async () => {
    const [one, two] = [mail(), mail()];
    const rows = [`Ana,${one},${PHONE},${team.name},,,,`, `Bea,${two},nonsense,${team.name},,,,`];
    const refused = await admin.agents.importCsv(file(...rows), { atomic: true });
    expect(refused).toMatchObject({ written: false, created: 1, failed: 1, errors: [{ line: 3 }] });
    expect(await find(one)).toBeUndefined();
    const done = await admin.agents.importCsv(file(rows[0] ?? ''), { atomic: true });
    expect(done).toMatchObject({ written: true, created: 1, failed: 0 });
    expect(await find(one)).toBeDefined();
  });

  it('in a dry run says what would come of it, and writes and tells nothing', async () => {
    const agent = await createAgent(admin, team);
    const session = await loginAs(installation, agent);
    const rows = file(
      `Ana,${mail()},${PHONE},${team.name},,,,`,
      `${agent.name},${agent.email},${agent.phone},${team.name},,inactive,,`,
      `Bea,${mail()},1,${team.name},,,,`,
    );
    const before = (await admin.agents.list()).data.length;
    const would = await admin.agents.importCsv(rows, { dryRun: true });
    expect(would).toMatchObject({ dryRun: true, written: false, rows: 3, created: 1, updated: 1, failed: 1 });
    expect((await admin.agents.list()).data.length).toBe(before);
    expect((await admin.agents.get(agent.id)).version).toBe(1);
    expect((await session.me()).agent.id).toBe(agent.id);
    expect(await admin.agents.importCsv(rows)).toMatchObject({ written: true, created: 1, updated: 1, failed: 1 });
  });

  it('that takes rights away has a receipt, and they are gone on every node when it says that it is done', async () => {
    const reader = await createTeam(admin, ['inbox.read', 'agents.read']);
    const agents = await Promise.all(Array.from({ length: 5 }, () => createAgent(admin, reader)));
    const sessions = await Promise.all(
      agents.map((agent, n) => loginAs(installation, agent, installation.nodes[n % 2])),
    );
    const sockets = await Promise.all(
      sessions.map(async (session, n) =>
        PlainSocket.connect(`${installation.nodes[n % 2]?.url}/inbox`, (await session.credentials.bearer()) ?? ''),
      ),
    );
    const closed = sockets.map((socket) => socket.next<{ code: string }>('session.closed'));
    const row = ({ name, email, phone }: AgentView, n: number) =>
      n < 3
        ? `${name},${email},${phone},${reader.name},,inactive,,`
        : `${name},${email},${phone},${team.name},,active,,`;

    const done = await admin.agents.importCsv(file(...agents.map(row)));

    expect(done).toMatchObject({ updated: 5, receipt: { sessions: 3, enforcement: 'complete' } });
    expect(done.receipt?.nodes).toHaveLength(2);
    for (const session of sessions.slice(0, 3)) {
      expect(await problemOf(session.me())).toMatchObject({ status: 401, code: 'agent_inactive' });
    }
    for (const session of sessions.slice(3)) {
      expect(await problemOf(session.agents.list())).toMatchObject({ status: 403, permission: 'agents.read' });
    }
    expect(await Promise.all(closed.slice(0, 3))).toMatchObject(
      closed.slice(0, 3).map(() => ({ code: 'agent_inactive' })),
    );
    expect((await admin.agents.receipts(agents[0]?.id ?? '')).data).toMatchObject([{ cause: 'agent_deactivated' }]);
    for (const socket of sockets) socket.close();
  });

  it('tells how far it is, and lists a hundred errors of all it counts', async () => {
    const rows = Array.from(
      { length: 2_300 },
      (_, n) => `Agent ${n},${mail()},${n % 4 ? PHONE : 'none'},${team.name},,,,`,
    );
    const seen: ImportProgress[] = [];
    const done = await admin.agents.importCsv(file(...rows), { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ rows: so, total }) => [so, total])).toEqual([
      [1_000, 2_300],
      [2_000, 2_300],
      [2_300, 2_300],
    ]);
    expect(done).toMatchObject({ created: 1_725, failed: 575 });
    expect(done.errors).toHaveLength(100);
    expect((await admin.agents.importCsv(file(...rows))).unchanged).toBe(1_725);
  });

  it('invites whoever is new, where it is asked to and can', async () => {
    const [fresh, known] = [mail(), (await createAgent(admin, team)).email];
    const rows = file(`Ana,${fresh},${PHONE},${team.name},,,,`, `Bea,${known},${PHONE},${team.name},,,,`);
    expect((await problemOf(admin.agents.importCsv(rows, { invite: true }))).errors).toMatchObject([
      { pointer: '?invite', code: 'mail_not_configured' },
    ]);
    const server = await MailServer.start();
    const mailing = await startNodes(1, {
      MUSTER_SMTP_URL: server.url,
      MUSTER_MAIL_FROM: 'muster@example.com',
      MUSTER_PUBLIC_URL: 'https://muster.example.com',
    });
    try {
      const api = await mailing.admin();
      const crew = await createTeam(api, ['inbox.read'], { name: team.name });
      await createAgent(api, crew, { email: known });
      expect(await api.agents.importCsv(rows, { invite: true, dryRun: true })).toMatchObject({ created: 1 });
      expect(await api.agents.importCsv(rows)).toMatchObject({ created: 1, updated: 1 });
      const second = rows.replace(fresh, `second-${fresh}`);
      expect(await api.agents.importCsv(second, { invite: true })).toMatchObject({ created: 1, unchanged: 1 });
      const token = secretIn(await server.newest(`second-${fresh}`));
      await mailing.client().auth.acceptInvitation({ token, password: PASSWORD });
      expect(server.mails.map(({ to }) => to)).toEqual([`second-${fresh}`]);
    } finally {
      await mailing.stop();
      await server.stop();
    }
  });

  it('answers with one object a line', async () => {
    const answer = await request('/agents/import', {
      method: 'POST',
      headers: { 'content-type': 'text/csv; charset=utf-8' },
      body: file(`Ana,${mail()},${PHONE},${team.name},,,,`),
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    const lines = (await answer.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AgentImportEvent);
    expect(lines.map(({ type }) => type)).toEqual(['progress', 'done']);
  });
});
