import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { AgentView, Readiness } from '#contracts';
import { Database } from '../../src/platform/database/database.js';
import { JobQueue } from '../../src/platform/jobs/job-queue.js';
import { JobRegistry } from '../../src/platform/jobs/job-registry.js';
import { Outbox } from '../../src/platform/outbox/outbox.js';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { testServices } from '../support/services.js';

declare module '../../src/platform/jobs/job-registry.js' {
  interface Jobs {
    /** Does what the test says. */
    'test.work': true;
  }
}

/** What no place but the log of this process may ever contain. */
const SECRETS = ['ana@example.com', '5511987654321'];

interface Row {
  done: boolean;
  handed: boolean;
  failures: number;
  failure: string | null;
}

describe('jobs', () => {
  let installation: TestInstallation;
  let database: Database;
  let outbox: Outbox;
  let queue: JobQueue;
  let admin: AgentView;
  let workspaceId: string;
  let work: (key: string) => Promise<void> = () => Promise.resolve();

  beforeAll(async () => {
    installation = await startNodes();
    const { app } = installation.node;
    [database, outbox, queue] = [app.get(Database), app.get(Outbox), app.get(JobQueue)];
    app.get(JobRegistry).own('test.work', async ({ workspaceId, key }) => {
      await database.transaction(workspaceId, async (em) => {
        const asked = await outbox.unfinished(em, 'test.work', key);
        await work(key);
        await outbox.finish(em, asked);
      });
    });
    const api = await installation.admin();
    admin = await api.agents.get((await api.me()).agent.id);
    const { rows } = await database.pool.query<{ workspace_id: string }>(
      'select workspace_id from agent where id = $1',
      [admin.id],
    );
    workspaceId = rows[0]?.workspace_id ?? '';
  });

  afterAll(() => installation.stop());

  const ask = (key: string) =>
    database.transaction(workspaceId, (em) => outbox.add(em, workspaceId, 'test.work', [key]));

  const rows = async (key: string): Promise<Row[]> => {
    const text = `select done_at is not null as done, handed_at is not null as handed, failures, failure
      from outbox where key = $1 order by id`;
    return (await database.pool.query<Row>(text, [key])).rows;
  };

  const untilDone = (key: string, within?: number) =>
    eventually(
      () => rows(key),
      (all) => all.length > 0 && all.every(({ done }) => done),
      within,
    );

  const readiness = async () => (await (await fetch(`${installation.node.url}/readyz`)).json()) as Readiness;

  it('runs once more what is asked for while it runs', async () => {
    const key = randomUUID();
    let runs = 0;
    const first = Promise.withResolvers<void>();
    work = () => (++runs === 1 ? first.promise : Promise.resolve());
    await ask(key);
    await eventually(
      () => runs,
      (count) => count === 1,
    );
    for (let edit = 0; edit < 20; edit++) await ask(key);
    await eventually(
      () => rows(key),
      (all) => all.every(({ handed }) => handed),
    );
    expect((await rows(key)).filter(({ done }) => done)).toEqual([]);
    first.resolve();
    await untilDone(key);
    expect(runs).toBe(2);
  });

  it('does not finish a row that its handler has not seen', async () => {
    const key = randomUUID();
    await database.transaction(workspaceId, async (em) => {
      await outbox.add(em, workspaceId, 'test.work', [key]);
      await em.flush();
      const asked = await outbox.unfinished(em, 'test.work', key);
      await database.pool.query('insert into outbox (workspace_id, topic, key, handed_at) values ($1, $2, $3, now())', [
        workspaceId,
        'test.work',
        key,
      ]);
      await outbox.finish(em, asked);
    });
    expect((await rows(key)).map(({ done }) => done)).toEqual([true, false]);
    await database.pool.query('update outbox set handed_at = null where key = $1', [key]);
    await untilDone(key);
  });

  it('refuses work that nobody owns, in the transaction that asks for it', async () => {
    const nobodys = 'test.nobodys' as 'test.work';
    const asking = database.transaction(workspaceId, (em) => outbox.add(em, workspaceId, nobodys, [randomUUID()]));
    await expect(asking).rejects.toThrow('Nobody owns the job test.nobodys.');
  });

  it.each(['empty', 'with what it had a while ago'])(
    'hands out again what Redis has lost: it is back %s',
    async (how) => {
      const key = randomUUID();
      let runs = 0;
      work = () => Promise.resolve(void runs++);
      const { jobs: bull } = await queue.ready();
      await bull.pause();
      await ask(key);
      await eventually(
        async () => [await rows(key), await bull.getWaitingCount()] as const,
        ([all, waiting]) => all.every(({ handed }) => handed) && waiting > 0,
      );
      await bull.obliterate({ force: true });
      const redis = new Redis(testServices().redisUrl.replace('unix://', ''), {
        keyPrefix: `${installation.redisPrefix}:`,
      });
      try {
        await (how === 'empty' ? redis.del('outbox:runs') : redis.set('outbox:runs', 0));
      } finally {
        redis.disconnect();
      }
      await untilDone(key, 5_000);
      expect(runs).toBe(1);
    },
  );

  it('keeps a job that always fails in sight, without what it says, until it succeeds', async () => {
    const key = randomUUID();
    work = () => Promise.reject(new Error(`duplicate key of ${SECRETS.join()}`));
    await ask(key);
    const [failing] = await eventually(
      () => rows(key),
      ([row]) => row?.failures === 1,
      20_000,
    );
    expect(failing).toMatchObject({ done: false, failure: 'Error' });
    expect(await readiness()).toMatchObject({
      status: 'degraded',
      checks: expect.arrayContaining([{ name: 'jobs', ok: false, detail: expect.stringContaining('test.work of 1') }]),
    });
    const metrics = await (await fetch(`${installation.node.url}/metrics`)).text();
    expect(metrics).toContain('muster_outbox_failing{job="test.work"} 1');
    const kept = JSON.stringify(await (await queue.ready()).jobs.getJobs(['failed']));
    expect(kept).toContain(key);
    for (const secret of SECRETS) expect(kept).not.toContain(secret);

    work = () => Promise.resolve();
    await database.pool.query(`update outbox set handed_at = now() - interval '31 seconds' where key = $1`, [key]);
    await untilDone(key);
    expect((await readiness()).status).toBe('ready');
  });
});
