import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import pg from 'pg';
import { MusterApi } from '#client';
import { insertEntries } from '../support/audit-rows.js';
import { createDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { PlainSocket } from '../support/live.js';
import { nodeEnvironment, startProcess, stop } from '../support/node-process.js';
import { ADMIN, startNodes } from '../support/nodes.js';
import { startRedisProxy } from '../support/redis-proxy.js';
import { testServices } from '../support/services.js';

describe('a node that stops', () => {
  it('does not wait for a Redis that is gone', async () => {
    const proxy = await startRedisProxy(testServices().redisUrl);
    const installation = await startNodes(1, { REDIS_URL: proxy.url });
    proxy.cut();
    await expect(installation.stop()).resolves.toBeUndefined();
    await proxy.stop();
  });

  it('does not wait for clients that sleep: one with a socket, one that reads an export no further', async () => {
    const database = await createDatabase();
    const environment = nodeEnvironment(database.url, { MUSTER_REDIS_PREFIX: `test-${randomUUID()}` });
    const node = await startProcess(await freePort(), environment);
    const api = new MusterApi({ url: node.url });
    await api.auth.login(ADMIN);
    await fillLog(database.url, (await api.me()).workspace.id);
    const token = (await api.credentials.bearer()) ?? '';
    const asleep = await PlainSocket.connect(`${node.url}/dashboard`, token);
    asleep.sleep();
    const reader = await read(`${node.url}/api/v1/audit?format=ndjson`, token);
    // 1 would say that it had to be ended by force.
    expect(await stop(node)).toBe(0);
    reader.destroy();
    asleep.close();
    await database.drop();
  });
});

/** More than the buffers of a connection hold. */
async function fillLog(databaseUrl: string, workspaceId: string): Promise<void> {
  const owner = new pg.Client({ connectionString: databaseUrl });
  await owner.connect();
  await insertEntries(owner, workspaceId, 30_000);
  await owner.end();
}

/** An answer that has begun, and is read no further. */
async function read(url: string, token: string): Promise<IncomingMessage> {
  const [answer] = (await once(get(url, { headers: { authorization: `Bearer ${token}` } }), 'response')) as [
    IncomingMessage,
  ];
  answer.on('error', () => undefined);
  return answer;
}
