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
  });

  afterAll(async () => {
    await lease.onApplicationShutdown();
    await database.close();
    await created.drop();
  });

  it('that ran out after a look at what was revoked is held again only after another look', async () => {
    const looks: boolean[] = [];
    const catchUp = async () => {
      looks.push(lease.isHeld());
      if (looks.length === 2) await runOut();
    };
    lease.follow({ catchUp, acknowledgedSeq: 7 });
    await lease.onApplicationBootstrap();
    await eventually(
      () => Promise.resolve(lease.isHeld() && looks.length > 2),
      (isHeldAgain) => isHeldAgain,
    );
    expect(looks).toEqual([false, true, false]);
    const { rows } = await database.pool.query('select applied_seq::int from node_lease');
    expect(rows).toEqual([{ applied_seq: 7 }]);
  });

  it('is not taken from another process of the same name that began later', async () => {
    const later = new NodeLease(database, new EventBus(), configOf(created.url));
    await later.onApplicationBootstrap();
    await eventually(
      () => Promise.resolve(lease.isHeld()),
      (isHeld) => !isHeld,
    );
    const { rows } = await database.pool.query('select boot_id from node_lease');
    expect(rows).toEqual([{ boot_id: later.bootId }]);
    expect(later.isHeld()).toBe(true);
    await later.onApplicationShutdown();
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
