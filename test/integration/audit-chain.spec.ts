/** The chain of the audit log as PostgreSQL keeps it, and how whatever is done to it past Muster is found. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Verdict, verifyChains } from '../../src/cli/audit/verify.js';
import { Database } from '../../src/platform/database/database.js';
import { schema } from '../../src/schema.js';
import { insertBareWorkspace, insertEntries, insertRevocation } from '../support/audit-rows.js';
import { createDatabase, createEmptyDatabase } from '../support/database.js';

let created: Awaited<ReturnType<typeof createDatabase>>;
let database: Database;
/** The user who owns the tables. */
let owner: pg.Client;

beforeAll(async () => {
  created = await createDatabase();
  database = await Database.open({ url: created.url, ...schema });
  owner = await connect(created.url);
});

afterAll(async () => {
  await owner.end();
  await database.close();
  await created.drop();
});

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

async function verify(slug: string, expected?: string): Promise<Verdict> {
  const [verdict] = await verifyChains(owner, { workspace: slug, expected });
  if (!verdict) throw new Error('There is a verdict for every workspace.');
  return verdict;
}

/** A workspace with a chain of so many entries, one transaction each. */
async function chained(count: number): Promise<{ id: string; slug: string }> {
  const workspace = await insertBareWorkspace(database.pool);
  for (let index = 0; index < count; index++) await insertEntries(database.pool, workspace.id, 1);
  return workspace;
}

describe('the chain', () => {
  it('numbers what a transaction wrote in its order, at its commit, without holes', async () => {
    const { id, slug } = await insertBareWorkspace(database.pool);
    const [slow, quick] = [await database.pool.connect(), await database.pool.connect()];
    await slow.query('begin');
    const late = await insertEntries(slow, id, 3);
    await quick.query('begin');
    const undone = await insertEntries(quick, id, 2);
    await quick.query('rollback');
    const early = await insertEntries(quick, id, 2);
    await slow.query('commit');
    for (const client of [slow, quick]) client.release();
    const { rows } = await database.pool.query<{ id: string }>(
      'select id from audit_entry where workspace_id = $1 order by seq',
      [id],
    );
    expect(rows.map((row) => row.id)).toEqual([...early, ...late]);
    expect(rows.map((row) => row.id)).not.toContain(undone[0]);
    expect(await verify(slug)).toMatchObject({ entries: 5, broken: null });
  });

  it('is taken up again for what was written before there was one', async () => {
    const empty = await createEmptyDatabase();
    const chain = schema.migrations.findIndex(({ name }) => name.includes('AuditChain'));
    const earlier = schema.migrations.slice(0, chain);
    const before = await Database.open({ url: empty.url, ...schema, migrations: earlier });
    const { id, slug } = await insertBareWorkspace(before.pool);
    await insertEntries(before.pool, id, 7);
    await before.close();
    const after = await Database.open({ url: empty.url, ...schema });
    await insertEntries(after.pool, id, 1);
    await after.close();
    const client = await connect(empty.url);
    expect(await verifyChains(client, { workspace: slug })).toMatchObject([{ entries: 8, broken: null }]);
    await client.end();
    await empty.drop();
  });

  it('holds nobody up who waits with an open transaction, and never deadlocks with revocations', async () => {
    const workspaces = [await insertBareWorkspace(database.pool), await insertBareWorkspace(database.pool)] as const;
    const frozen = await connect(created.url);
    await frozen.query('begin');
    await insertEntries(frozen, workspaces[0].id, 1);
    await insertRevocation(frozen, workspaces[0].id);
    const codes = await Promise.all(Array.from({ length: 8 }, (_, worker) => commitMany(worker, workspaces)));
    expect(codes.flat()).toEqual([]);
    await frozen.query('commit');
    await frozen.end();
    const verdicts = [await verify(workspaces[0].slug), await verify(workspaces[1].slug)];
    expect(verdicts).toMatchObject([
      { entries: 8 * 25 * 2 + 1, broken: null },
      { entries: 8 * 25 * 2, broken: null },
    ]);
  });

  /** Transactions that write entries of two workspaces and a revocation, in every order; what went wrong. */
  async function commitMany(worker: number, workspaces: readonly { id: string }[]): Promise<string[]> {
    const client = await connect(created.url);
    const errors: string[] = [];
    for (let turn = 0; turn < 25; turn++) {
      const parts = workspaces.map(
        ({ id }) =>
          () =>
            insertEntries(client, id, 2),
      );
      const revoke = () => insertRevocation(client, workspaces[turn % 2]?.id ?? '');
      const all = [...parts, revoke];
      const order = [all[(worker + turn) % 3], all[(worker + turn + 1) % 3], all[(worker + turn + 2) % 3]];
      if (turn % 2) order.reverse();
      await client.query('begin');
      for (const write of order) await write?.();
      await client.query('commit').catch((error: { code: string }) => errors.push(error.code));
    }
    await client.end();
    return errors;
  }

  it('takes many entries of one transaction at once', async () => {
    const { id, slug } = await insertBareWorkspace(database.pool);
    await insertEntries(database.pool, id, 10_000);
    expect(await verify(slug)).toMatchObject({ entries: 10_000, broken: null });
  });
});

describe('nobody edits it', () => {
  const edits = [
    "update audit_entry set reason = 'another'",
    'update audit_entry set seq = null, hash = null',
    'delete from audit_entry',
    'truncate audit_entry',
    'update audit_head set seq = seq + 1',
    'delete from audit_head',
    'truncate audit_head',
  ];

  beforeAll(() => chained(2));

  it.each([
    ...edits,
    "insert into audit_head values (gen_random_uuid(), 1, '')",
    'alter table audit_entry disable trigger all',
    'drop table audit_entry',
  ])('as the role of the nodes: %s', async (edit) => {
    await expect(database.pool.query(edit)).rejects.toThrow(/permission denied|must be owner/);
  });

  it.each([
    ...edits,
    'truncate workspace cascade',
    `insert into audit_entry select gen_random_uuid(), workspace_id, at, actor_kind, actor_id, action, target_kind,
       target_id, before, after, reason, request_id, 1000000, hash from audit_entry limit 1`,
  ])('as the owner, without disabling triggers: %s', async (edit) => {
    await expect(owner.query(edit)).rejects.toThrow(/append-only/);
  });

  it('not even an entry that has no place yet', async () => {
    const { id } = await chained(0);
    await owner.query('begin');
    await insertEntries(owner, id, 1);
    await expect(owner.query(`update audit_entry set reason = 'another' where workspace_id = '${id}'`)).rejects.toThrow(
      /append-only/,
    );
    await owner.query('rollback');
  });
});

describe('whoever edits it with the triggers disabled is found', () => {
  const at = (seq: number) => `where workspace_id = $1 and seq = ${seq}`;
  const swap = (column: string) =>
    `update audit_entry e set ${column} = o.${column} from audit_entry o where e.workspace_id = $1 and o.workspace_id = $1
     and ((e.seq = 3 and o.seq = 4) or (e.seq = 4 and o.seq = 3))`;
  const added = (seq: string, hash: string) =>
    `insert into audit_entry select gen_random_uuid(), workspace_id, at, actor_kind, actor_id, action, target_kind,
       target_id, before, after, reason, request_id, ${seq}, ${hash} from audit_entry ${at(6)}`;

  /** The triggers are enabled again for the next. */
  afterEach(() => owner.query('rollback'));

  it.each([
    ['a value', [`update audit_entry set after = after || '{"name": "Bea"}' ${at(3)}`], 3, 'changed'],
    ['null for a value', [`update audit_entry set before = null ${at(3)}`], 3, 'changed'],
    ['the JSON null for null', [`update audit_entry set reason = 'null' ${at(3)}`], 3, 'changed'],
    ['the time, by a microsecond', [`update audit_entry set at = at + interval '1 us' ${at(2)}`], 2, 'changed'],
    ['the actor', [`update audit_entry set actor_id = gen_random_uuid() ${at(6)}`], 6, 'changed'],
    ['a hash', [`update audit_entry set hash = sha256(hash) ${at(4)}`], 4, 'changed'],
    ['what two entries say', [swap('target_id')], 3, 'changed'],
    ['the first is gone', [`delete from audit_entry ${at(1)}`], 1, 'hole'],
    ['one in the middle is gone', [`delete from audit_entry ${at(3)}`], 3, 'hole'],
    ['the middle is gone and the rest moved up', [`delete from audit_entry ${at(3)}`, ...move(3)], 3, 'changed'],
    ['the last is gone', [`delete from audit_entry ${at(6)}`], 6, 'tail'],
    ['the last and the head are gone', [`delete from audit_entry ${at(6)}`, forget()], 5, 'tail'],
    ['all are gone', ['delete from audit_entry where workspace_id = $1'], 1, 'tail'],
    ['one was added after the head', [added('7', 'hash')], 7, 'changed'],
    ['one was added with a number that was taken', ['drop index audit_entry_seq', added('2', 'hash')], 2, null],
    ['one was added before the first', [added('0', 'hash')], 0, 'inserted'],
    ['one was added without a number', [added('null', 'null')], null, 'unchained'],
  ] as const)('%s', async (_what, edits, seq, kind) => {
    const { id, slug } = await chained(6);
    expect(await verify(slug)).toMatchObject({ entries: 6, broken: null });
    await owner.query('begin');
    for (const table of ['audit_entry', 'audit_head']) await owner.query(`alter table ${table} disable trigger user`);
    for (const edit of edits) await owner.query(edit, edit.includes('$1') ? [id] : []);
    const verdict = await verifyIn(slug);
    expect(verdict.broken).toMatchObject(kind ? { seq, kind } : { seq });
  });

  /** In two steps: each number has to be free when a row takes it, and rows come in any order. */
  function move(after: number): string[] {
    return [
      `update audit_entry set seq = -seq where workspace_id = $1 and seq > ${after}`,
      'update audit_entry set seq = -seq - 1 where workspace_id = $1 and seq < 0',
    ];
  }

  function forget(): string {
    return 'delete from audit_head where workspace_id = $1';
  }

  /** In the transaction that edited. */
  async function verifyIn(slug: string): Promise<Verdict> {
    const inside = {
      query: (text: string, values?: unknown[]) =>
        owner.query(/^begin|^rollback/.test(text) ? 'select 1' : text, values),
    };
    const [verdict] = await verifyChains(inside as pg.Client, { workspace: slug });
    if (!verdict) throw new Error('There is a verdict for every workspace.');
    return verdict;
  }

  it('a chain that was written anew to its head, by a head that was kept elsewhere', async () => {
    const { id, slug } = await chained(4);
    const kept = (await verify(slug)).head.hash;
    await insertEntries(database.pool, id, 2);
    expect(await verify(slug, kept)).toMatchObject({ entries: 6, broken: null });
    for (const table of ['audit_entry', 'audit_head']) await owner.query(`alter table ${table} disable trigger user`);
    await owner.query('delete from audit_head where workspace_id = $1', [id]);
    await owner.query("update audit_entry set seq = null, hash = null, reason = 'anew' where workspace_id = $1", [id]);
    await owner.query('select chain_audit_entries()');
    for (const table of ['audit_entry', 'audit_head']) await owner.query(`alter table ${table} enable trigger user`);
    expect(await verify(slug)).toMatchObject({ entries: 6, broken: null });
    expect((await verify(slug, kept)).broken).toMatchObject({ kind: 'rewritten' });
  });
});

describe('muster audit verify', () => {
  const run = async (...args: string[]) => {
    const command = [join('dist', 'src', 'cli', 'main.js'), 'audit', 'verify', ...args];
    const env = { PATH: process.env['PATH'], DATABASE_URL: created.url };
    return promisify(execFile)(process.execPath, command, { env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
  };

  it('says for each workspace how many entries are intact and where the chain ends', async () => {
    const { slug } = await chained(3);
    const all = await run();
    expect(all.code).toBe(0);
    expect(all.stdout).toMatch(new RegExp(`✔ ${slug} +3 entries, intact, head [0-9a-f]{64}\n`));
    const head = (await verify(slug)).head.hash;
    expect(await run('--workspace', slug, '--expect', head)).toMatchObject({ code: 0 });
  });

  it('ends with 1 and names the entry when something was changed, and the same as JSON', async () => {
    const { id, slug } = await chained(3);
    await owner.query('begin');
    await owner.query('alter table audit_entry disable trigger user');
    await owner.query('update audit_entry set actor_id = gen_random_uuid() where workspace_id = $1 and seq = 2', [id]);
    await owner.query('alter table audit_entry enable trigger user');
    await owner.query('commit');
    const text = await run();
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(new RegExp(`✖ ${slug} +broken at entry 2 \\([0-9a-f-]{36}\\): its hash`));
    expect(text.stdout).toContain('Somebody changed the audit log of one workspace past Muster.');
    const json = await run('--workspace', slug, '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      workspaces: [{ workspace: slug, entries: 1, head: { seq: 1 }, broken: { seq: 2, kind: 'changed' } }],
    });
  });

  it.each([
    [['--workspace', 'nowhere'], 'There is no workspace nowhere'],
    [['--expect', 'abc'], '64 hex digits'],
    [['--expect', '0'.repeat(64)], 'say which with --workspace'],
    [['--database-url', 'postgres://muster:secret@127.0.0.1:9/muster'], 'does not let us in (ECONNREFUSED)'],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('secret');
  });
});
