import { Database } from '../../src/platform/database/database.js';
import { schema } from '../../src/schema.js';
import { createDatabase } from '../support/database.js';

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
