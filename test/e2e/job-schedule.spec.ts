import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { Database } from '../../src/platform/database/database.js';
import { JobSchedule } from '../../src/platform/jobs/job-schedule.js';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { testServices } from '../support/services.js';

describe('scheduled work', () => {
  let installation: TestInstallation;
  let redis: Redis;

  beforeAll(async () => {
    installation = await startNodes(2);
    redis = new Redis(testServices().redisUrl.replace(/^unix:\/\//, ''));
  });

  afterAll(async () => {
    redis.disconnect();
    await installation.stop();
  });

  const own = (name: string, run: () => Promise<unknown>) => {
    for (const { app } of installation.nodes) app.get(JobSchedule).own(name, { everyMs: 200, run });
  };

  /** Redis forgets all of this installation. */
  const flush = async () => {
    const keys = await redis.keys(`${installation.redisPrefix}:bull:schedule*`);
    expect(keys.length).toBeGreaterThan(0);
    await redis.del(...keys);
  };

  it('runs again and again, once a turn whatever the number of nodes, and goes on after it failed', async () => {
    const turns: number[] = [];
    own('test.turns', () => {
      turns.push(Date.now());
      return turns.length === 2 ? Promise.reject(new Error('once')) : Promise.resolve();
    });
    await eventually(
      () => turns.length,
      (length) => length >= 8,
      20_000,
    );
    expect(turns.length).toBeLessThanOrEqual((Date.now() - turns[0]) / 200 + 3);
  });

  it('is there again when Redis lost its memory, and does what was missed: the minutes are rolled up', async () => {
    const admin = await installation.admin();
    const contact = { name: 'Customer', phone: '+5511912345678' };
    const conversation = await admin.conversations.create({ contact });
    const interaction = { id: randomUUID(), conversationId: conversation.id, at: new Date().toISOString() };
    await admin.interactions.report([{ ...interaction, direction: 'inbound' }]);
    await flush();
    const database = installation.node.app.get(Database);
    const counted = async () => (await database.pool.query('select 1 from density_minute')).rowCount ?? 0;
    await eventually(counted, (minutes) => minutes === 1, 20_000);
  });
});
