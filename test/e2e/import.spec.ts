import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentImportEvent, AgentView, ImportProgress, Problem, TeamView } from '#contracts';
import { eventually } from '../support/eventually.js';
import { PlainSocket } from '../support/live.js';
import { MailServer, secretIn } from '../support/mail-server.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs, PASSWORD } from '../support/people.js';
import { problemOf } from '../support/problem.js';

const HEADER = 'name,email,phone,team,hidePhone,status,notes,capacity';
const PHONE = '+5511912345678';

describe('agents from and to files', () => {
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

  describe('an import', () => {
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

    it('takes the good rows and names what is wrong with the others, by line and with the codes of POST', async () => {
      const good = [mail(), mail()];
      const done = await admin.agents.importCsv(
        file(
          `"Two\nlines",${good[0]},${PHONE},${team.name},yes,INACTIVE,"a ""note""\r\nin two lines",7`,
          `,${mail()},${PHONE},${team.name},,,,`,
          `Ana,not-an-email,${PHONE},${team.name},,,,`,
          '',
          `Ana,${mail()},12345,${team.name},,,,`,
          `Ana,${mail()},${PHONE},No such team,,,,`,
          `Ana,${mail()},${PHONE},,,,,`,
          `Ana,${mail()},${PHONE},${team.name},perhaps,asleep,,-1`,
          `Ana,${good[0]?.toUpperCase()},${PHONE},${team.name},,,,`,
          'too,few',
          `Ana,${good[1]},${PHONE},${team.name},,,,`,
        ),
      );
      expect(done).toMatchObject({ rows: 10, created: 2, failed: 8, written: true });
      expect(done.errors.map(({ line, column, code }) => [line, column, code])).toEqual([
        [5, 'name', 'name_invalid'],
        [6, 'email', 'email_invalid'],
        [8, 'phone', 'phone_invalid'],
        [9, 'team', 'team_not_found'],
        [10, 'team', 'team_required'],
        [11, 'hidePhone', 'hide_phone_invalid'],
        [11, 'status', 'status_invalid'],
        [11, 'capacity', 'capacity_invalid'],
        [12, 'email', 'email_repeated'],
        [13, null, 'cells_missing'],
      ]);
      expect(await find(good[0] ?? '')).toMatchObject({
        name: 'Two\nlines',
        hidePhone: true,
        status: 'inactive',
        notes: 'a "note"\r\nin two lines',
        capacity: 7,
      });
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

    it('lets nobody beyond their own rights, change themselves, or end the last administrator', async () => {
      const managers = await createTeam(admin, ['agents.read', 'agents.manage', 'inbox.read']);
      const manager = await createAgent(admin, managers);
      const api = await loginAs(installation, manager);
      const strong = (await admin.me()).team.name;
      const [one, two] = [mail(), mail()];
      const done = await api.agents.importCsv(
        file(
          `Eve,${one},${PHONE},"${strong}",,,,`,
          `${manager.name},${manager.email},${manager.phone},"${strong}",,,,`,
          `${manager.name},${manager.email.toUpperCase()},${manager.phone},${managers.name},,inactive,,`,
          `Ana,${two},${PHONE},${managers.name},,,,`,
        ),
      );
      expect(done.errors.map(({ line, code }) => [line, code])).toEqual([
        [2, 'beyond_own_rights'],
        [3, 'beyond_own_rights'],
        [4, 'email_repeated'],
      ]);
      const self = `${manager.name},${manager.email},${manager.phone},${managers.name},,inactive,,`;
      expect((await api.agents.importCsv(file(self))).errors).toMatchObject([{ code: 'self_edit' }]);

      const [boss, revived] = [mail(), mail()];
      await createAgent(admin, (await admin.me()).team as TeamView, { email: boss, status: 'inactive' });
      await createAgent(admin, managers, { email: revived, status: 'inactive' });
      const revivals = file(
        `Boss,${boss},${PHONE},"${strong}",,active,,`,
        `Peer,${revived},${PHONE},${managers.name},,active,,`,
      );
      expect((await api.agents.importCsv(revivals)).errors).toMatchObject([{ line: 2, code: 'beyond_own_rights' }]);
      expect((await find(boss))?.status).toBe('inactive');
      await admin.agents.delete((await find(revived))?.id ?? '');

      const me = (await admin.me()).agent;
      const own = (await find(me.email)) as AgentView;
      await admin.agents.delete(manager.id);
      await admin.agents.update((await find(two))?.id ?? '', { status: 'inactive' });
      const last = `${own.name},${own.email},${own.phone},${own.team.name},,inactive,,`;
      expect((await admin.agents.importCsv(file(last))).errors).toMatchObject([{ code: 'last_administrator' }]);
      expect((await find(one)) === undefined && (await find(two)) !== undefined).toBe(true);
    });

    it('never reaches into another workspace', async () => {
      const workspace = randomUUID();
      const foreign = randomUUID();
      const email = mail();
      await pool.query(
        `insert into workspace (id, slug, name, created_at) values ($1::uuid, 'other-' || left($1::text, 8), 'Other', now())`,
        [workspace],
      );
      await pool.query(
        `insert into team (id, workspace_id, name, status, permissions, capacity, created_at, updated_at)
         values ($1::uuid, $2, 'Foreign', 'active', '{}', 5, now(), now())`,
        [foreign, workspace],
      );
      await pool.query(
        `insert into agent (id, workspace_id, team_id, name, email, phone, status, created_at, updated_at)
         values (gen_random_uuid(), $1, $2, 'Theirs', $3, '+5511912345678', 'active', now(), now())`,
        [workspace, foreign, email],
      );
      const done = await admin.agents.importCsv(
        file(
          `Eve,${mail()},${PHONE},${foreign},,,,`,
          `Eve,${mail()},${PHONE},Foreign,,,,`,
          `Mine,${email},${PHONE},${team.id},,,,`,
        ),
      );
      expect(done).toMatchObject({ created: 1, failed: 2 });
      expect(done.errors.map(({ code }) => code)).toEqual(['team_not_found', 'team_not_found']);
      const theirs = await pool.query('select name from agent where workspace_id = $1', [workspace]);
      expect(theirs.rows).toEqual([{ name: 'Theirs' }]);
    });

    it.each([
      ['semicolons and a byte order mark', (cells: string[]) => cells.join(';'), '\uFEFF', '\r\n'],
      ['tabs', (cells: string[]) => cells.join('\t'), '', '\n'],
      ['commas and old line ends', (cells: string[]) => cells.join(','), '', '\r'],
    ])('reads files with %s', async (_what, join, mark, end) => {
      const email = mail();
      const rows = [
        ['name', 'email', 'phone', 'team'],
        ['Zoë Ünal', email, PHONE, team.name],
        ['', '', '', ''],
      ];
      const done = await admin.agents.importCsv(mark + rows.map(join).join(end) + end);
      expect(done).toMatchObject({ rows: 1, created: 1 });
      expect((await find(email))?.name).toBe('Zoë Ünal');
    });

    it('of a header alone has nothing to do', async () => {
      expect(await admin.agents.importCsv(`${HEADER}\n`)).toMatchObject({ rows: 0, written: true, errors: [] });
    });

    it.each<[string, () => string | Uint8Array<ArrayBuffer>, number, string]>([
      ['nothing', () => '', 422, 'columns_wrong'],
      ['a header with an unknown column', () => 'name,email,phone,team,salary\n', 422, 'columns_wrong'],
      ['a header without the team', () => 'name,email,phone\n', 422, 'columns_wrong'],
      ['a column twice', () => 'name,email,phone,team,email\n', 422, 'columns_wrong'],
      ['rows without a header', () => `Ana,a@b.co,${PHONE},X\n`, 422, 'columns_wrong'],
      ['binary garbage', () => Uint8Array.from({ length: 5_000 }, (_, n) => (n * 89) % 256), 422, 'encoding_invalid'],
      [
        'UTF-16',
        () => new Uint8Array(Buffer.from('\uFEFFname,email,phone,team\n', 'utf16le')),
        422,
        'encoding_invalid',
      ],
      ['NUL', () => 'na\0me,email,phone,team\n', 422, 'columns_wrong'],
      ['quotes that are never closed', () => `${HEADER}\n"Ana,${'x'.repeat(1_000)}`, 422, 'csv_malformed'],
      ['quotes where none may be', () => `${HEADER}\nAna "The" B,a@b.co,"x"y,z,,,,`, 422, 'csv_malformed'],
      ['a line of 100,000 characters', () => `${HEADER}\n${'x'.repeat(100_000)},,,,,,,`, 422, 'row_too_long'],
      ['100,001 rows', () => `${HEADER}\n${'A,b,c,d,,,,\n'.repeat(100_001)}`, 422, 'too_many_rows'],
      ['65 MB', () => `${HEADER}\n${'\n'.repeat(65 * 1024 * 1024)}`, 413, 'payload_too_large'],
    ])('of %s is refused as a whole', async (_what, content, status, code) => {
      const problem = await problemOf(admin.agents.importCsv(content()));
      expect([problem.status, problem.errors[0]?.code ?? problem.code]).toEqual([status, code]);
      expect(problem.detail.length).toBeLessThan(300);
      expect(await admin.agents.importCsv(`${HEADER}\n`)).toMatchObject({ rows: 0 });
    });

    it('takes NUL, formulas and numbers of another kind for what they are', async () => {
      const done = await admin.agents.importCsv(
        file(
          `=cmd|' /C calc'!A0,${mail()},${PHONE},${team.name},,,,`,
          `A\0na,${mail()},${PHONE},${team.name},,,,`,
          `Ana,${mail()},5.51191E+12,${team.name},,,,`,
          `Ana,${mail()},'${PHONE},${team.name},,,'=1+1,'7`,
        ),
      );
      expect(done.errors.map(({ line, code }) => [line, code])).toEqual([
        [3, 'text_invalid'],
        [4, 'phone_invalid'],
        [5, 'capacity_invalid'],
      ]);
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

    it('ends when who imports loses the right to, with what was counted written', async () => {
      const managers = await createTeam(admin, ['agents.read', 'agents.manage', 'inbox.read', 'inbox.reply']);
      const manager = await createAgent(admin, managers);
      const api = await loginAs(installation, manager);
      const marker = randomUUID();
      const rows = Array.from(
        { length: 5_000 },
        (_, n) => `Agent,${n}-${marker}@example.com,${PHONE},${team.name},,,,`,
      );
      let counted = 0;
      const ended: Promise<unknown>[] = [];
      const outcome = await api.agents
        .importCsv(file(...rows), {
          onProgress: ({ created }) => {
            counted = created;
            if (ended.length === 0) ended.push(admin.agents.update(manager.id, { status: 'inactive' }));
          },
        })
        .then(
          () => 'done',
          (error: Error) => error.name,
        );
      await Promise.all(ended);
      expect(outcome).toMatch(/^Muster(Unreachable|Problem)$/);
      const written = await eventually(
        async () =>
          (await pool.query<{ n: number }>('select count(*)::int as n from agent where email like $1', [`%${marker}%`]))
            .rows[0]?.n ?? 0,
        (n) => n >= counted,
      );
      expect(written).toBeLessThan(5_000);
      expect(written % 1_000).toBe(0);
    });

    it('is for those who manage agents, one at a time, and for CSV only', async () => {
      const reader = await loginAs(installation, await createAgent(admin, await createTeam(admin, ['agents.read'])));
      expect(await problemOf(reader.agents.importCsv(file('x'.repeat(60_000))))).toMatchObject({
        status: 403,
        permission: 'agents.manage',
      });
      const post = (path: string, type: string, body: string) =>
        request(path, { method: 'POST', headers: { 'content-type': type }, body });
      const json = await post('/agents/import', 'application/json', '{}');
      expect([json.status, ((await json.json()) as Problem).code]).toEqual([415, 'unsupported_media_type']);
      const csv = await post('/teams', 'text/csv', 'name\nx');
      expect([csv.status, ((await csv.json()) as Problem).code]).toEqual([415, 'unsupported_media_type']);
      const odd = await post('/agents/import?dryrun=true', 'text/csv', `${HEADER}\n`);
      expect([odd.status, ((await odd.json()) as Problem).errors[0]?.code]).toEqual([422, 'unknown_field']);

      let pulls = 0;
      let end = () => {};
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
        if (pulls++ === 0) return controller.enqueue(Buffer.from(`${HEADER}\n`));
        return new Promise<void>((resolve) => (end = () => (controller.close(), resolve())));
      };
      const first = admin.agents.importCsv(new ReadableStream({ pull }, { highWaterMark: 0 }));
      // What there was has been sent when more is asked for.
      await eventually(
        () => pulls,
        (count) => count > 1,
      );
      expect(await problemOf(admin.agents.importCsv(`${HEADER}\n`))).toMatchObject({ status: 429, retryable: true });
      end();
      expect(await first).toMatchObject({ type: 'done' });
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

  describe('an export', () => {
    const textOf = async (stream: ReadableStream<Uint8Array>) => {
      const parts: Uint8Array[] = [];
      for await (const part of stream as unknown as AsyncIterable<Uint8Array>) parts.push(part);
      return Buffer.concat(parts).toString('utf8');
    };

    it('imports as what it was, whatever the texts are', async () => {
      const own = await createTeam(admin, ['inbox.read'], { name: `=1+1 "${randomUUID()}"; x` });
      const piece = fc.oneof(
        fc.constantFrom('=', '+', '-', '@', "'", '\t', '\r\n', '"', ',', ';', '＝', ' ', 'é', '😀'),
        fc.string({ maxLength: 5, unit: 'grapheme' }),
      );
      const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('').replaceAll('\0', ''));
      const name = text
        .map((value) => value.trim().slice(0, 90).toWellFormed().trim())
        .filter((value) => value.length > 0);
      const samples = fc.sample(
        fc.record({ name, notes: fc.option(text), capacity: fc.option(fc.nat(1_000)), hidePhone: fc.boolean() }),
        60,
      );
      const created = await Promise.all(
        samples.map((sample) => createAgent(admin, own, { ...sample, password: undefined })),
      );

      const csv = await textOf(await admin.agents.exportCsv({ teamId: own.id }));
      expect(csv.split(/^"/m).every((row) => !/^[=+\-@\t\r]/.test(row))).toBe(true);
      expect(await admin.agents.importCsv(csv)).toMatchObject({ rows: 60, unchanged: 60, failed: 0 });

      const spoiled = csv.replaceAll(/@example\.com/g, '@elsewhere.example');
      expect(await admin.agents.importCsv(spoiled)).toMatchObject({ created: 60, failed: 0 });
      const copies = new Map<string, AgentView>();
      for (const agent of (await admin.agents.list({ teamId: own.id, limit: 200 })).data)
        copies.set(agent.email, agent);
      for (const agent of created) {
        const { name: n, phone, notes, capacity, hidePhone, status } = agent;
        const copy = copies.get(agent.email.replace('@example.com', '@elsewhere.example'));
        expect(copy).toMatchObject({ name: n, phone, notes: notes === '' ? null : notes, capacity, hidePhone, status });
      }
    });

    it('has the rows that the filters of the list leave, and nobody else', async () => {
      const own = await createTeam(admin, ['inbox.read']);
      for (const [n, status] of (['active', 'inactive', 'active'] as const).entries()) {
        await createAgent(admin, own, { name: `Agent ${n}`, status });
      }
      const csv = await textOf(await admin.agents.exportCsv({ teamId: own.id, status: 'active' }));
      expect(
        csv
          .replace('\uFEFF', '')
          .trimEnd()
          .split('\r\n')
          .map((line) => line.split(',')[0]),
      ).toEqual(['"name"', '"Agent 0"', '"Agent 2"']);
      const answer = await request('/agents/export?limit=5');
      expect(answer.status).toBe(422);
    });

    it('ends in the middle when the right to it ends', async () => {
      const readers = await createTeam(admin, ['agents.read']);
      const reader = await createAgent(admin, readers);
      const api = await loginAs(installation, reader, installation.nodes[1]);
      const own = await createTeam(admin, []);
      const rows = 6_000;
      await pool.query(
        `with made as (
           insert into agent (id, workspace_id, team_id, name, email, phone, notes, status, created_at, updated_at)
           select gen_random_uuid(), workspace_id, id, 'Ana', gen_random_uuid() || '@example.com', '+5511912345678',
             repeat('x', 4900), 'active', now(), now()
           from team, generate_series(1, $2) where id = $1
           returning id, workspace_id
         )
         insert into agent_presence (agent_id, workspace_id, since) select id, workspace_id, now() from made`,
        [own.id, rows],
      );

      const stream = await api.agents.exportCsv({ teamId: own.id });
      const body = stream.getReader();
      await body.read();
      await admin.agents.update(reader.id, { status: 'inactive' });
      let bytes = 0;
      const rest = (async () => {
        for (;;) {
          const { done, value } = await body.read();
          if (done) return 'complete';
          bytes += value.length;
        }
      })();
      expect(await rest.catch(() => 'cut off')).toBe('cut off');
      expect(bytes).toBeLessThan(rows * 4_900);
    });
  });

  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    const authorization = `Bearer ${await admin.credentials.bearer()}`;
    return fetch(`${installation.node.url}/api/v1${path}`, { ...init, headers: { ...init.headers, authorization } });
  }
});
