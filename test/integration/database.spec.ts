import { randomUUID } from 'node:crypto';
import { Migration } from '@mikro-orm/migrations';
import pg from 'pg';
import { Database, sql } from '../../src/platform/database/database.js';
import { Listener } from '../../src/platform/database/listener.js';
import { schema } from '../../src/schema.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startPostgresProxy } from '../support/postgres-proxy.js';

it('a connection that is lost between two queries of a transaction fails the next, and nothing else', async () => {
  const created = await createDatabase();
  const database = await Database.open({ url: created.url, ...schema });
  const client = await database.pool.connect();
  const gone = new Promise((resolve) => client.once('end', resolve));
  await client.query('begin');
  await client.query("set local idle_in_transaction_session_timeout = '1ms'");
  await gone;
  await expect(client.query('select 1')).rejects.toThrow(/not queryable|closed|terminat/i);
  client.release(true);
  expect((await database.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await database.close();
  await created.drop();
});

it.each([
  ['fails', (next: () => Promise<unknown>) => next()],
  ['has no more to do', () => Promise.resolve()],
  ['gives up', () => Promise.reject(new Error('given up'))],
])('a transaction that lost its connection and then %s gives it back, to be replaced', async (_how, then) => {
  const created = await createDatabase();
  const database = await Database.open({ url: created.url, ...schema, poolSize: 2 });
  const lose = () =>
    database.transaction(randomUUID(), async (em) => {
      const [backend] = await sql<{ pid: number }>(em, 'select pg_backend_pid() as pid');
      await sql(em, "set local idle_in_transaction_session_timeout = '1ms'");
      await eventually(
        () => database.pool.query('select from pg_stat_activity where pid = $1', [backend?.pid]),
        ({ rowCount }) => rowCount === 0,
      );
      await then(() => sql(em, 'select 1'));
    });
  for (let times = 0; times < 3; times++) await expect(lose()).rejects.toThrow(/given up|not queryable|terminat/);
  await expect(database.transaction(randomUUID(), (em) => sql(em, 'select 1 as one'))).resolves.toEqual([{ one: 1 }]);
  await database.close();
  await created.drop();
});

it('a connection for notifications that says nothing any more is replaced', async () => {
  const created = await createDatabase();
  const proxy = await startPostgresProxy(created.url);
  const listener = new Listener({ url: proxy.url } as Database);
  const heard: (string | null)[] = [];
  listener.on('muster_test', (payload) => heard.push(payload));
  await eventually(
    () => heard,
    () => heard.length === 1,
  );
  proxy.hold('listener-beat');
  await eventually(
    () => heard,
    () => heard.length === 2,
  );
  proxy.mend();
  const client = new pg.Client({ connectionString: created.url });
  await client.connect();
  await client.query("notify muster_test, 'again'");
  await eventually(
    () => heard,
    () => heard.includes('again'),
  );
  await client.end();
  await listener.onApplicationShutdown();
  await proxy.stop();
  await created.drop();
});

class Patience extends Migration {
  override up(): void {
    this.addSql(`create table patience as select current_setting('statement_timeout') as statement,
      current_setting('lock_timeout') as lock,
      current_setting('lock_timeout')::interval > current_setting('deadlock_timeout')::interval as ends_vacuums`);
  }
}

it('a migration may take as long as a large installation needs, but not wait for others', async () => {
  const created = await createDatabase();
  const database = await Database.open({ url: created.url, ...schema, migrations: [...schema.migrations, Patience] });
  const owner = new pg.Client({ connectionString: created.url });
  await owner.connect();
  const expected = { statement: '0', lock: '1500ms', ends_vacuums: true };
  expect((await owner.query('select * from patience')).rows).toEqual([expected]);
  await owner.end();
  expect((await database.pool.query('show statement_timeout')).rows).toEqual([{ statement_timeout: '15s' }]);
  await database.close();
  await created.drop();
});
