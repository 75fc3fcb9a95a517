import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { MusterApi } from '#client';
import { createEmptyDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { nodeEnvironment, runToEnd, startProcess, stop } from '../support/node-process.js';
import { ADMIN } from '../support/nodes.js';

describe('starting a node', () => {
  it('lets two nodes that boot at once on an empty database make one workspace, and stop cleanly', async () => {
    const database = await createEmptyDatabase();
    const environment = nodeEnvironment(database.url, { MUSTER_REDIS_PREFIX: `test-${randomUUID()}` });
    const nodes = await Promise.all(
      [freePort(), freePort()].map(async (port) => startProcess(await port, environment)),
    );
    for (const node of nodes) {
      const api = new MusterApi({ url: node.url });
      await api.auth.login(ADMIN);
      expect((await api.agents.list()).data).toHaveLength(1);
    }
    expect(await Promise.all(nodes.map(stop))).toEqual([0, 0]);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query(
      'select (select count(*)::int from workspace) as w, (select count(*)::int from node_lease) as n',
    );
    await client.end();
    expect(rows[0]).toEqual({ w: 1, n: 0 });
    await database.drop();
  });

  it.each([
    [{ PORT: 'eighty' }, 'PORT has a wrong value'],
    [{ DATABASE_URL: undefined }, 'DATABASE_URL is not set'],
    [{ MUSTER_JWT_SECRET: 'short' }, 'MUSTER_JWT_SECRET has a wrong value'],
    [{ MUSTER_PHONE_KEY: 'c2hvcnQ=' }, 'MUSTER_PHONE_KEY has a wrong value'],
    [{ MUSTER_ROLES: 'api,cook' }, 'MUSTER_ROLES has a wrong value'],
    [{ DATABASE_URL: 'postgresql://nobody:hunter2@127.0.0.1:1/x' }, "DATABASE_URL can't be reached"],
  ])('refuses %j in one line that names the variable, and never shows the value', async (change, expected) => {
    const { code, complaints } = await runToEnd(
      nodeEnvironment('postgresql://u:p@127.0.0.1:1/x', { PORT: '0', ...change }),
    );
    expect(code).toBe(1);
    expect(complaints.trim().split('\n')).toHaveLength(1);
    expect(complaints).toContain(expected);
    for (const value of Object.values(change)) if (value) expect(complaints).not.toContain(value);
  });
});
