import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView, Problem, TeamView } from '#contracts';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

const HEADER = 'name,email,phone,team,hidePhone,status,notes,capacity';
const PHONE = '+5511912345678';

describe('what an import of agents refuses', () => {
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

  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    const authorization = `Bearer ${await admin.credentials.bearer()}`;
    return fetch(`${installation.node.url}/api/v1${path}`, { ...init, headers: { ...init.headers, authorization } });
  }

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
    ['UTF-16', () => new Uint8Array(Buffer.from('\uFEFFname,email,phone,team\n', 'utf16le')), 422, 'encoding_invalid'],
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

  it('ends when who imports loses the right to, with what was counted written', async () => {
    const managers = await createTeam(admin, ['agents.read', 'agents.manage', 'inbox.read', 'inbox.reply']);
    const manager = await createAgent(admin, managers);
    const api = await loginAs(installation, manager);
    const marker = randomUUID();
    const rows = Array.from({ length: 5_000 }, (_, n) => `Agent,${n}-${marker}@example.com,${PHONE},${team.name},,,,`);
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
});
