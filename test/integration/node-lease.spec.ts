import { EventBus } from '../../src/platform/events/event-bus.js';
import { Config } from '../../src/platform/config/config.js';
import { validateEnvironment } from '../../src/platform/config/environment.js';
import { Database } from '../../src/platform/database/database.js';
import { NodeLease } from '../../src/platform/nodes/node-lease.js';
import { schema } from '../../src/schema.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { testServices } from '../support/services.js';

describe('the lease of a node', () => {
  let created: Awaited<ReturnType<typeof createDatabase>>;
  let database: Database;
  let lease: NodeLease;

  beforeAll(async () => {
    created = await createDatabase();
    database = await Database.open({ url: created.url, ...schema });
    lease = new NodeLease(database, new EventBus(), configOf(created.url));
    await lease.onModuleInit();
  });

  afterAll(async () => {
    await lease.onApplicationShutdown();
    await database.close();
    await created.drop();
  });

  it('that ran out after a look at what was revoked is held again only after another look', async () => {
    const looks: boolean[] = [];
    lease.follow(async () => {
      looks.push(lease.isHeld());
      if (looks.length === 1) await runOut();
    });
    await lease.onApplicationBootstrap();
    await eventually(
      () => Promise.resolve(lease.isHeld() && looks.length > 0),
      (isHeldAgain) => isHeldAgain,
    );
    expect(looks).toEqual([true, false]);
  });

  /** As if the node had been frozen right here for longer than its lease, by all clocks. */
  async function runOut(): Promise<void> {
    Object.assign(lease, { heldSince: null });
    await database.pool.query(`update node_lease set expires_at = clock_timestamp() - interval '1 second'`);
  }

  function configOf(url: string): Config {
    return new Config(
      validateEnvironment({
        DATABASE_URL: url,
        REDIS_URL: testServices().redisUrl,
        MUSTER_JWT_SECRET: 'a-secret-that-only-the-tests-know-of',
        MUSTER_PHONE_KEY: Buffer.alloc(32, 7).toString('base64'),
      }),
    );
  }
});
