/** The start of a node that has to change tables, while others use them. */
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { Database } from '../../src/platform/database/database.js';
import { patiently } from '../../src/platform/database/patience.js';
import { schema } from '../../src/schema.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

describe('a node that starts while a table is in use', () => {
  let created: Awaited<ReturnType<typeof createDatabase>>;
  let user: pg.Client;
  let other: pg.Client;
  const said: string[] = [];

  beforeAll(async () => {
    created = await createDatabase();
    [user, other] = [1, 2].map(() => new pg.Client({ connectionString: created.url, application_name: 'a-backup' }));
    await Promise.all([user.connect(), other.connect()]);
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line) => void said.push(String(line)));
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    await Promise.all([user.end(), other.end()]);
    await created.drop();
  });

  const lockWaits = async () => {
    const { rows } = await user.query<{ n: number }>(
      `select count(*)::int as n from pg_locks join pg_stat_activity using (pid)
       where datname = current_database() and not granted`,
    );
    return rows[0]?.n;
  };

  it('gives way, says who uses it, and goes on as soon as it may', async () => {
    await user.query('drop policy one_workspace on agent');
    await user.query('begin; lock table agent in access share mode');
    const opening = Database.open({ url: created.url, ...schema });
    await eventually(
      () => said,
      (lines) => lines.some((line) => line.includes('agent by') && line.includes('a-backup')),
      10_000,
    );
    // Whoever reads the table waits behind the node for a moment at most.
    await other.query("set statement_timeout = '3s'");
    for (let read = 0; read < 20; read++) await other.query('select count(*) from agent');
    await user.query('commit');
    const database = await opening;
    const { rows } = await other.query("select policyname from pg_policies where tablename = 'agent' order by 1");
    expect(rows).toEqual([{ policyname: 'all_workspaces' }, { policyname: 'one_workspace' }]);
    await database.close();
  });

  it('ends with what to do when it may not at all', async () => {
    await user.query('begin; lock table agent in access share mode');
    await other.query("set lock_timeout = '1700ms'");
    const attempt = () => other.query('alter table agent enable row level security');
    const refused = patiently(other, attempt, { tries: 2, pauseMs: 1 });
    await expect(refused).rejects.toThrow(/in use 2 times .*agent by \d+ \(a-backup\).*pg_terminate_backend/);
    await user.query('rollback');
  });

  it('tries again when it was ended for a deadlock with those who use the tables', async () => {
    await user.query('begin; lock table agent');
    await other.query("set lock_timeout = '10s'");
    let tries = 0;
    const attempt = async () => {
      tries++;
      try {
        await other.query('begin; lock table team');
        await other.query('lock table agent');
      } finally {
        await other.query('rollback');
      }
    };
    const attempts = patiently(other, attempt, { pauseMs: 1 });
    await eventually(lockWaits, (waiting) => waiting === 1);
    // Whoever waits first notices first.
    await user.query('lock table team');
    await user.query('commit');
    await attempts;
    expect(tries).toBe(2);
    expect(said.at(-1)).toMatch(/in use; trying again/);
  });

  it('fails at once for any other reason', async () => {
    const attempt = () => other.query('select from nowhere');
    await expect(patiently(other, attempt)).rejects.toMatchObject({ code: '42P01' });
  });
});
