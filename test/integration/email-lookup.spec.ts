/** Agents are found by e-mail through an index, also under row-level security. */
import { Database } from '../../src/platform/database/database.js';
import { schema } from '../../src/schema.js';
import { createDatabase } from '../support/database.js';
import { insertWorkspace, type WorkspaceRows } from '../support/workspace-rows.js';

const AGENTS = 20_000;
const ASKED = 50;

describe('agents by e-mail, of a large workspace among others', () => {
  let created: Awaited<ReturnType<typeof createDatabase>>;
  let database: Database;
  let ours: WorkspaceRows;
  let theirs: WorkspaceRows;

  beforeAll(async () => {
    created = await createDatabase();
    database = await Database.open({ url: created.url, ...schema });
    ours = await insertWorkspace(database.pool, { teams: 2, agents: AGENTS, conversations: 0 });
    theirs = await insertWorkspace(database.pool, { teams: 1, agents: 10, conversations: 0 });
    await database.pool.query('vacuum analyze agent');
  });

  afterAll(async () => {
    await database.close();
    await created.drop();
  });

  const emailOf = ({ id }: { id: string }) => `${id}@example.com`;

  it('are found by their place, in any case of letters, and only those who are here and not deleted', async () => {
    const [first, second, gone] = ours.agents;
    await database.pool.query('update agent set deleted_at = now() where id = $1', [gone.id]);
    const asked = [emailOf(theirs.agents[0]), emailOf(second).toUpperCase(), emailOf(gone), emailOf(first), "'"];
    const { rows } = await database.of(ours.id).query('select at, id from agents_with_email($1) order by at', [asked]);
    expect(rows).toEqual([
      { at: 2, id: second.id },
      { at: 4, id: first.id },
    ]);
    expect((await database.pool.query('select * from agents_with_email($1)', [asked])).rows).toEqual([]);
  });

  it('cost what an index costs', async () => {
    const asked = ours.agents.slice(-ASKED).map(emailOf);
    const { rows } = await database
      .of(ours.id)
      .query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
        'explain (analyze, buffers, format json) select at, id from agents_with_email($1)',
        [asked],
      );
    const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
    expect(plan['Actual Rows']).toBe(ASKED);
    expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(ASKED * 10);
  });
});
