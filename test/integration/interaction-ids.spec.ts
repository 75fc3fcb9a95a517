import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { UnhashedKeys } from '../../src/interactions/unhashed-keys.js';
import { Database } from '../../src/platform/database/database.js';
import { PhoneVault } from '../../src/privacy/phone-vault.js';
import { schema } from '../../src/schema.js';
import { testConfig } from '../support/config.js';
import { createEmptyDatabase } from '../support/database.js';

const NUMBER = '351912345678';
const wamid = (n: number) => `wamid.${Buffer.from(`\x1d\x18${NUMBER}\x15${n}`, 'latin1').toString('base64')}`;
const KNOWN = 12_000;

describe('ids of interactions from before they were hashed', () => {
  let created: Awaited<ReturnType<typeof createEmptyDatabase>>;
  const workspaces = [randomUUID(), randomUUID()];
  const vault = new PhoneVault(testConfig());

  beforeAll(async () => {
    created = await createEmptyDatabase();
    const hashed = schema.migrations.findIndex(({ name }) => name.includes('InteractionIds'));
    await (
      await Database.open({ url: created.url, ...schema, migrations: schema.migrations.slice(0, hashed) })
    ).close();
    const client = new pg.Client({ connectionString: created.url });
    await client.connect();
    const ids = Array.from({ length: KNOWN }, (_, n) => wamid(n));
    await client.query(
      `insert into interaction_key select w, id, now() - n * interval '1 s'
       from unnest($1::uuid[]) w, unnest($2::text[]) with ordinality as known (id, n)`,
      [workspaces, ids],
    );
    await client.query(
      `insert into interaction (workspace_id, id, conversation_id, direction, at, recorded_at)
       select workspace_id, id, workspace_id, 'inbound', recorded_at, recorded_at from interaction_key`,
    );
    await client.end();
  });

  afterAll(() => created.drop());

  it('are hashed by nodes that boot together: each still counts once, when it was recorded, and no id is left', async () => {
    const nodes = await Promise.all([1, 2].map(() => Database.open({ url: created.url, ...schema })));
    const [database] = nodes as [Database];
    const said: string[] = [];
    const listening = jest.spyOn(Logger.prototype, 'log').mockImplementation((line) => void said.push(String(line)));
    await Promise.all(nodes.map((node) => new UnhashedKeys(node, vault).onApplicationBootstrap()));
    listening.mockRestore();
    expect(said[0]).toBe(`hashing the ids of ${2 * KNOWN} interactions that were counted before ids were hashed`);
    const done = said.flatMap((line) => /^(\d+) ids of interactions were hashed in [\d.]+ s$/.exec(line)?.[1] ?? []);
    expect(done.reduce((sum, count) => sum + Number(count), 0)).toBe(2 * KNOWN);
    const { rows: keys } = await database.pool.query<{ workspace_id: string; id: string; age: number }>(
      'select workspace_id, id, extract(epoch from max(recorded_at) over () - recorded_at)::int as age from interaction_key',
    );
    const expected = workspaces.flatMap((workspace) =>
      Array.from({ length: KNOWN }, (_, n) => `${workspace} ${vault.interactionKey(workspace, wamid(n))} ${n}`),
    );
    expect(keys.map((key) => `${key.workspace_id} ${key.id} ${key.age}`).toSorted()).toEqual(expected.toSorted());
    for (const table of ['interaction', 'interaction_key_unhashed']) {
      const { rows } = await database.pool.query<{ id: string }>(`select id from ${table} where id like 'wamid%'`);
      expect(rows).toEqual([]);
    }
    const { rows } = await database.pool.query('select count(*)::int as n from interaction');
    expect(rows).toEqual([{ n: 2 * KNOWN }]);
    await Promise.all(nodes.map((node) => node.close()));
  });

  it('makes nothing of an installation that has counted nothing yet', async () => {
    const empty = await createEmptyDatabase();
    const database = await Database.open({ url: empty.url, ...schema });
    await new UnhashedKeys(database, vault).onApplicationBootstrap();
    const { rows } = await database.pool.query("select to_regclass('interaction_key_unhashed') as name");
    expect(rows).toEqual([{ name: null }]);
    await database.close();
    await empty.drop();
  });
});

describe('the key of an interaction', () => {
  it('is the same for equal ids of a workspace only, and tells nothing of the id', () => {
    const [vault, other] = [new PhoneVault(testConfig()), randomUUID()];
    const key = vault.interactionKey(other, wamid(1));
    expect(key).toBe(vault.interactionKey(other, wamid(1)));
    expect(key).not.toBe(vault.interactionKey(randomUUID(), wamid(1)));
    expect(key).not.toBe(vault.interactionKey(other, wamid(2)));
    expect(key).toMatch(/^[\w-]{24}$/);
  });
});
