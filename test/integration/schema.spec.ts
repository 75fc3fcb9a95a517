import pg from 'pg';
import { Agent } from '../../src/agents/agent.entity.js';
import { Database } from '../../src/platform/database/database.js';
import { schema } from '../../src/schema.js';
import { createDatabase } from '../support/database.js';

/** Tables of the installation itself; everything else belongs to a workspace. */
const WITHOUT_WORKSPACE = ['density_watermark', 'node_lease', 'revocation_ack', 'schema_migration', 'workspace'];
const WITHOUT_ENTITY = [
  'alert',
  'alert_crossing',
  'alert_head',
  'assignment_interval',
  'audit_head',
  'chatwoot_conversation',
  'chatwoot_user',
  'density_minute',
  'density_watermark',
  'idempotency_key',
  'login_origin',
  'message',
  'node_lease',
  'revocation',
  'revocation_ack',
  'schema_migration',
  'team_sync',
  'webhook_delivery',
];

interface Column {
  table: string;
  column: string;
  nullable: boolean;
}

describe('the schema', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let client: pg.Client;
  let columns: Column[];

  beforeAll(async () => {
    database = await createDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    columns = (
      await client.query<Column>(
        `select c.table_name as table, c.column_name as column, c.is_nullable = 'YES' as nullable
         from information_schema.columns c join pg_class k on k.relname = c.table_name
         where c.table_schema = 'public' and not k.relispartition and k.relkind in ('r', 'p')
           and c.is_generated = 'NEVER'`,
      )
    ).rows;
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('has the columns that the entities say, with the same nullability, and no others but what PostgreSQL derives', async () => {
    const orm = await Database.open({ url: database.url, ...schema });
    const described = orm.columns().sort(byName);
    await orm.close();
    expect(described).toEqual(columns.filter(({ table }) => !WITHOUT_ENTITY.includes(table)).sort(byName));
  });

  it('has the workspace on every row, and refuses rows without one', () => {
    const tables = new Set(columns.map(({ table }) => table));
    const owned = columns
      .filter(({ column, nullable }) => column === 'workspace_id' && !nullable)
      .map(({ table }) => table);
    expect([...tables].filter((table) => !owned.includes(table)).sort()).toEqual(WITHOUT_WORKSPACE);
  });

  it('can not read across workspaces: a query without the filter throws', async () => {
    const orm = await Database.open({ url: database.url, ...schema });
    await expect(orm.systemTransaction((em) => em.find(Agent, {}))).rejects.toThrow(/workspace/);
    expect(await orm.read('0190b8a0-0000-7000-8000-000000000000').find(Agent, {})).toEqual([]);
    await orm.close();
  });

  it.each([
    ['an agent without a team', "team_id = null where email = 'ana@example.com'"],
    ['a phone that is not E.164', "phone = '12345' where email = 'ana@example.com'"],
    ['an e-mail that another agent has in another case', "email = 'ANA@example.com' where email = 'bea@example.com'"],
    [
      'a team of another workspace',
      "team_id = (select id from team where name = 'Theirs') where email = 'ana@example.com'",
    ],
    ['a status it does not know', "status = 'asleep' where email = 'ana@example.com'"],
  ])('refuses %s, whoever writes it', async (_what, change) => {
    await client.query('begin');
    await client.query(`
      insert into workspace (id, slug, name, created_at) values
        ('0190b8a0-0000-7000-8000-000000000001', 'ours', 'Ours', now()), ('0190b8a0-0000-7000-8000-000000000002', 'theirs', 'Theirs', now());
      insert into team (id, workspace_id, name, status, permissions, capacity, created_at, updated_at) values
        ('0190b8a0-0000-7000-8000-000000000011', '0190b8a0-0000-7000-8000-000000000001', 'Ours', 'active', '{}', 5, now(), now()),
        ('0190b8a0-0000-7000-8000-000000000012', '0190b8a0-0000-7000-8000-000000000002', 'Theirs', 'active', '{}', 5, now(), now());
      insert into agent (id, workspace_id, team_id, name, email, phone, status, created_at, updated_at)
        select gen_random_uuid(), workspace_id, id, 'Agent', name_of || '@example.com', '+5511912345678', 'active', now(), now()
        from team, unnest(array['ana', 'bea']) as name_of where name = 'Ours'`);
    await expect(client.query(`update agent set ${change}`)).rejects.toThrow(/violates|null value/);
    await client.query('rollback');
  });
});

function byName(a: Column, b: Column): number {
  return `${a.table}.${a.column}`.localeCompare(`${b.table}.${b.column}`);
}
