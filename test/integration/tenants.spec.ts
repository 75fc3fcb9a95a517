/** The second line between tenants: what PostgreSQL refuses, whatever the query says. */
import { randomUUID } from 'node:crypto';
import { CompiledQuery } from 'kysely';
import pg from 'pg';
import { Agent } from '../../src/agents/agent.entity.js';
import { Conversation } from '../../src/conversations/conversation.entity.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { Clock } from '../../src/platform/clock.js';
import { connectingAs } from '../../src/platform/database/roles.js';
import { Database, sql } from '../../src/platform/database/database.js';
import { schema } from '../../src/schema.js';
import { createDatabase } from '../support/database.js';
import { insertWorkspace, type WorkspaceRows } from '../support/workspace-rows.js';

let created: Awaited<ReturnType<typeof createDatabase>>;
let database: Database;
let ours: WorkspaceRows;
let theirs: WorkspaceRows;
/** Tables with a workspace on their rows. */
let tables: string[];

beforeAll(async () => {
  created = await createDatabase();
  database = await Database.open({ url: created.url, ...schema });
  const counts = { teams: 2, agents: 3, conversations: 4 };
  [ours, theirs] = [await insertWorkspace(database.pool, counts), await insertWorkspace(database.pool, counts)];
  const { rows } = await database.pool.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  tables = rows.map(({ name }) => name);
});

afterAll(async () => {
  await database.close();
  await created.drop();
});

/** With a connection of the role of one workspace, on which nobody has said which. */
async function withoutWorkspace<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: connectingAs('muster_app', created.url) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function countsIn(query: (text: string) => Promise<pg.QueryResult<{ n: number }>>): Promise<number[]> {
  const counts: number[] = [];
  for (const table of tables) counts.push((await query(`select count(*)::int as n from ${table}`)).rows[0]?.n ?? -1);
  return counts;
}

describe('the policies', () => {
  it('are on every table with a workspace, forced, the same two', async () => {
    const { rows } = await database.pool.query<{ name: string; rls: string; policies: string[] }>(
      `select c.relname as name, concat_ws(' ', c.relrowsecurity, c.relforcerowsecurity) as rls,
         array(select concat_ws(' ', policyname, roles, cmd, qual = 'true', with_check is null) from pg_policies
               where tablename = c.relname order by 1) as policies
       from pg_class c where c.relname = any($1) order by 1`,
      [[...tables, 'workspace']],
    );
    const policies = ['all_workspaces {muster_system} ALL t t', 'one_workspace {muster_app} ALL f t'];
    expect(tables.length).toBeGreaterThan(25);
    expect(rows).toEqual([...tables, 'workspace'].sort().map((name) => ({ name, rls: 't t', policies })));
  });

  it('bind roles that may not pass over them, and the one of one workspace is no member of the other', async () => {
    const { rows } = await database.pool.query(
      `select rolname, rolsuper or rolbypassrls or rolcanlogin or rolcreaterole as above,
         pg_has_role(rolname, 'muster_system', 'member') as across
       from pg_roles where rolname in ('muster_app', 'muster_system') order by 1`,
    );
    expect(rows).toEqual([
      { rolname: 'muster_app', above: false, across: false },
      { rolname: 'muster_system', above: false, across: true },
    ]);
  });

  it('can not be walked around by a partition, old or new', async () => {
    await database.pool.query("select ensure_interaction_partitions('2031-01-01', '2031-01-02')");
    const { rows } = await database.pool.query<{ name: string; open: boolean }>(
      `select relname as name, has_table_privilege('muster_app', oid, 'select, insert, update, delete') as open
       from pg_class where relnamespace = 'public'::regnamespace and relispartition and relkind = 'r'`,
    );
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter(({ open }) => open)).toEqual([]);
    const again = await Database.open({ url: created.url, ...schema });
    const direct = again.of(ours.id).query('select 1 from interaction_p20310101');
    await expect(direct).rejects.toThrow(/permission denied|does not exist/);
    await again.close();
  });

  it('come to a table that is made later, with the next start', async () => {
    const owner = new pg.Client({ connectionString: created.url });
    await owner.connect();
    await owner.query('create table later (workspace_id uuid not null references workspace)');
    await owner.query('insert into later values ($1), ($2)', [ours.id, theirs.id]);
    const next = await Database.open({ url: created.url, ...schema });
    expect((await next.of(ours.id).query('select workspace_id from later')).rows).toEqual([{ workspace_id: ours.id }]);
    expect((await owner.query('select from later')).rowCount).toBe(2);
    await next.close();
    await owner.query('drop table later');
    await owner.end();
  });

  it('show nothing to a query for which nobody said whose it is', async () => {
    const counts = await withoutWorkspace((client) => countsIn((text) => client.query(text)));
    expect(counts).toEqual(tables.map(() => 0));
    const insert = 'insert into team_sync (workspace_id, team_id, synced_version, agents) values ($1, $2, 1, 1)';
    await withoutWorkspace((client) =>
      expect(client.query(insert, [ours.id, ours.teams[0]])).rejects.toThrow(/row-level security/),
    );
  });
});

describe('with the filter of the application switched off', () => {
  it('a transaction sees its own workspace', async () => {
    await database.transaction(ours.id, async (em) => {
      const agents = await em.find(Agent, {}, { filters: false });
      const conversations = await em.find(Conversation, {}, { filters: false });
      expect(agents.map(({ id }) => id).sort()).toEqual(ours.agents.map(({ id }) => id).sort());
      expect(conversations.map(({ id }) => id).sort()).toEqual([...ours.conversations].sort());
      expect(await em.findOne(Agent, { id: theirs.agents[0]?.id }, { filters: false })).toBeNull();
      expect(await sql(em, 'select id from workspace')).toEqual([{ id: ours.id }]);
    });
  });

  it('what is read outside a transaction is of one workspace too', async () => {
    const agents = await database.read(theirs.id).find(Agent, {}, { filters: false });
    expect(agents.map(({ id }) => id).sort()).toEqual(theirs.agents.map(({ id }) => id).sort());
  });

  it.each([
    ['update agent set name = $1', 3],
    ['update conversation set assignee_id = null where $1::text is not null', 4],
    ["update conversation set external_id = $1 || id, status = 'resolved'", 4],
  ])('%s changes nothing of the other', async (text, rows) => {
    const before = await everythingOf(theirs.id);
    await database.transaction(ours.id, async (em) => {
      const { numAffectedRows } = await affected(em, text);
      expect(Number(numAffectedRows)).toBe(rows);
    });
    expect(await everythingOf(theirs.id)).toEqual(before);
  });

  it.each([
    [
      'a row',
      'insert into assignment_interval (workspace_id, conversation_id, agent_id, started_at) values ($1, $2, $3, now())',
    ],
    ['its own row', 'update agent set workspace_id = $1 where $2::uuid is not null and $3::uuid is not null'],
  ])('can not give the other %s', async (_what, text) => {
    const values = [theirs.id, theirs.conversations[0], theirs.agents[0]?.id];
    await expect(database.transaction(ours.id, (em) => sql(em, text, values))).rejects.toThrow(/row-level security/);
    await expect(database.of(ours.id).query(text, values)).rejects.toThrow(/row-level security/);
  });

  it('a snapshot sees one workspace, and can not write', async () => {
    await database.snapshot(ours.id, async (client) => {
      const { rows } = await client.query('select distinct workspace_id as id from conversation');
      expect(rows).toEqual([{ id: ours.id }]);
      await expect(client.query('delete from conversation')).rejects.toThrow(/read-only/);
      await client.query('rollback');
    });
  });

  it('work across workspaces sees all', async () => {
    const count = 'select count(distinct workspace_id)::int as n from agent';
    expect((await database.pool.query(count)).rows).toEqual([{ n: 2 }]);
    expect(await database.systemTransaction((em) => sql(em, count))).toEqual([{ n: 2 }]);
  });
});

describe('a query of one workspace', () => {
  const WHOSE = `select distinct workspace_id as id, current_user::text as role from agent`;

  it('sees its own, however many of either come at once', async () => {
    const asked = Array.from({ length: 300 }, (_, n) => [ours, theirs][n % 2] ?? ours);
    const named = (n: number) =>
      n % 3 ? WHOSE : { name: `whose-${n % 5}`, text: `${WHOSE} where $1`, values: [true] };
    const answers = await Promise.all(asked.map(({ id }, n) => database.of(id).query(named(n))));
    expect(answers.map(({ rows }) => rows)).toEqual(asked.map(({ id }) => [{ id, role: 'muster_app' }]));
  });

  it('answers as the driver does', async () => {
    const { rows, rowCount, command, fields } = await database
      .of(ours.id)
      .query('select n, $2::timestamptz as at from generate_series(1, $1::int) n', [3, new Date(0)]);
    expect({ rows, rowCount, command }).toEqual({
      rows: [1, 2, 3].map((n) => ({ n, at: new Date(0) })),
      rowCount: 3,
      command: 'SELECT',
    });
    expect(fields.map(({ name }) => name)).toEqual(['n', 'at']);
    expect((await database.of(ours.id).query('select from agent where false')).rowCount).toBe(0);
    expect((await database.of(ours.id).query('update agent set notes = null')).rowCount).toBe(3);
  });

  it.each([
    ['that can not be read', 'selekt'],
    ['that fails', 'select 1 / 0'],
    ['whose answer can not be counted', 'select $1::int'],
  ])('%s rejects, and the next one succeeds', async (_what, text) => {
    for (let n = 0; n < 20; n++) await expect(database.of(ours.id).query(text)).rejects.toThrow(/./);
    expect((await database.of(theirs.id).query(WHOSE)).rows).toEqual([{ id: theirs.id, role: 'muster_app' }]);
  });

  it('refuses what is no workspace', async () => {
    await expect(database.of("' or true --").query(WHOSE)).rejects.toThrow(/uuid/);
    expect((await database.of(randomUUID()).query(WHOSE)).rows).toEqual([]);
    expect((await database.of('').query(WHOSE)).rows).toEqual([]);
    await expect(database.snapshot("'; reset role; --", (client) => client.query(WHOSE))).rejects.toThrow(/uuid/);
  });

  it('leaves nothing with its connection', async () => {
    const setting = "select current_setting('muster.workspace', true) as workspace";
    const { rows } = await database.of(ours.id).query<{ workspace: string }>(setting);
    expect(rows).toEqual([{ workspace: ours.id }]);
    const pool = Reflect.get(database, 'workspaces') as pg.Pool;
    expect(pool.idleCount).toBe(pool.totalCount);
    const left = await Promise.all(
      Array.from({ length: pool.totalCount }, () => pool.query<{ workspace: string }>(setting)),
    );
    expect(left.flatMap(({ rows }) => rows.map(({ workspace }) => workspace || null))).toEqual(left.map(() => null));
  });
});

async function everythingOf(workspaceId: string): Promise<unknown[]> {
  const { rows } = await database.pool.query(
    `select to_jsonb(a) as row from agent a where workspace_id = $1
     union all select to_jsonb(c) from conversation c where workspace_id = $1`,
    [workspaceId],
  );
  return rows.map(({ row }) => JSON.stringify(row)).sort();
}

function affected(em: Parameters<typeof sql>[0], text: string) {
  return em.getKysely().executeQuery(CompiledQuery.raw(text, ['changed']));
}

describe('the functions of the upkeep', () => {
  const calls = [
    "ensure_interaction_partitions('2999-01-01', '2999-01-01')",
    "ensure_density_partitions('2999-01-01', '2999-01-01')",
    "drop_partitions_before('interaction', '1999-01-01')",
  ];

  it.each(calls)('are not for who serves a request: %s', async (call) => {
    const refused = withoutWorkspace((client) => client.query(`select ${call}`));
    await expect(refused).rejects.toMatchObject({ code: '42501' });
    await expect(database.of(ours.id).query(`select ${call}`)).rejects.toMatchObject({ code: '42501' });
  });

  it.each(calls)('are for who works across workspaces: %s', async (call) => {
    expect((await database.pool.query(`select ${call} as n`)).rows).toEqual([{ n: expect.any(Number) }]);
  });

  it('are refused where nobody may call anything, and the others are not', async () => {
    const owner = new pg.Client({ connectionString: created.url });
    await owner.connect();
    await owner.query('revoke execute on all functions in schema public from public');
    await owner.end();
    await (await Database.open({ url: created.url, ...schema })).close();
    const [audit, id] = [new AuditService(new Clock()), randomUUID()];
    const target = { kind: 'team' as const, id };
    const entry = { actor: 'system' as const, workspaceId: ours.id, action: 'team.updated' as const, target };
    await database.transaction(ours.id, (em) => Promise.resolve(audit.record(em, entry)));
    const { rows } = await database
      .of(ours.id)
      .query('select seq is not null as chained from audit_entry where target_id = $1', [id]);
    expect(rows).toEqual([{ chained: true }]);
  });

  it('that may do what the owner may are known one by one', async () => {
    const { rows } = await withoutWorkspace((client) =>
      client.query<{ name: string }>(
        `select proname as name from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
           and has_function_privilege(oid, 'execute') and prorettype <> 'trigger'::regtype order by 1`,
      ),
    );
    // The one that chains the audit log is called when whoever wrote an entry commits.
    expect(rows.map(({ name }) => name)).toEqual(['agents_with_email', 'assignments_within', 'chain_audit_entries']);
  });
});
