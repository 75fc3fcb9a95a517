import { startNodes } from '../support/nodes.js';
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
});
