/** The ways to bring a team to a blueprint's version. Each leaves behind what it found, one version later. */
import { Queue, Worker } from 'bullmq';
import pg from 'pg';
import type { BenchContext } from '../support/bench.js';
import { withDatabase } from '../support/services.js';
import type { Team } from './team.js';

/** One way, measured once: how many agents a second. */
export interface Way {
  name: string;
  run: () => Promise<number>;
}

const CHUNK = 1_000;
const ONE_BY_ONE = 5_000;
const CONCURRENCY = 10;
const EVERY_MS = 5;

/** Finished by the product's own handler; the database's clock from the change's commit to the handler's. */
const FINISHED = `
select extract(epoch from max(done_at) - min(created_at))::float8 as seconds, bool_and(done_at is not null) as done
from outbox where key = $1 and id > $2`;
const CHUNKED = `
update plain_sync s set synced_version = u.version, synced_at = now()
from unnest($1::uuid[], $2::int[]) as u (id, version) where s.agent_id = u.id`;
const ONE = 'update plain_sync set synced_version = $2, synced_at = now() where agent_id = $1';
const SKIP_UNCHANGED = `
update plain_sync set synced_version = $2, synced_at = now() where team_id = $1 and synced_version <> $2`;

/** A blueprint is changed over HTTP; over when the outbox row of the change is finished. */
export function product(team: Team): Way {
  let gives = false;
  const run = async () => {
    await vacuum(team, 'agent_sync');
    const before = await newestRow(team);
    gives = !gives;
    const permissions = ['inbox.read', 'inbox.reply', ...(gives ? ['dashboard.view'] : [])];
    await patch(team, { permissions });
    return team.agentIds.length / (await finished(team, before));
  };
  return { name: 'Muster, a blueprint changed over HTTP', run };
}

/** 1 % of the team is behind, as after forced syncs, and the team is synced. */
export function productOfFew(team: Team): Way {
  const run = () =>
    withDatabase(team.databaseUrl, async (client) => {
      await client.query('update agent_sync set synced_version = 0 where agent_id = any($1)', [few(team)]);
      await vacuum(team, 'agent_sync');
      const before = await newestRow(team);
      await client.query(
        `with asked as (insert into outbox (workspace_id, topic, key) values ($1, 'permissions.resync-team', $2))
         select pg_notify('muster_outbox', '')`,
        [team.floor.id, team.id],
      );
      return 1 / (await finished(team, before));
    });
  return { name: 'Muster, 1 % behind', run };
}

export function chunked(team: Team): Way {
  let version = 1;
  const run = async () => {
    await vacuum(team, 'plain_sync');
    version++;
    const seconds = await withDatabase(team.databaseUrl, (client) =>
      timed(async () => {
        for (let from = 0; from < team.agentIds.length; from += CHUNK) {
          const ids = team.agentIds.slice(from, from + CHUNK);
          await client.query(CHUNKED, [ids, ids.map(() => version)]);
        }
      }),
    );
    return team.agentIds.length / seconds;
  };
  return { name: `chunks of ${CHUNK}, UPDATE … FROM unnest`, run };
}

export function skipUnchanged(team: Team): Way {
  let version = 1_000;
  const run = () =>
    withDatabase(team.databaseUrl, async (client) => {
      version++;
      await client.query('update plain_sync set synced_version = $1', [version]);
      await client.query('update plain_sync set synced_version = 0 where agent_id = any($1)', [few(team)]);
      await vacuum(team, 'plain_sync');
      return 1 / (await timed(() => client.query(SKIP_UNCHANGED, [team.id, version])));
    });
  return { name: 'one skip-unchanged statement, 1 % behind', run };
}

/** One BullMQ job per agent, of which each updates one row. */
export function oneByOne(context: BenchContext, team: Team): Way {
  const connection = redisOptions(context.services.redisUrl);
  const queue = new Queue('one-by-one', { connection });
  const pool = new pg.Pool({ connectionString: team.databaseUrl, max: CONCURRENCY });
  context.onEnd(async () => {
    await queue.close();
    await pool.end();
  });
  let version = 10_000;
  const run = async () => {
    version++;
    const ids = team.agentIds.slice(0, ONE_BY_ONE);
    let worker: Worker | undefined;
    const seconds = await timed(async () => {
      const all = Promise.withResolvers<void>();
      let left = ids.length;
      await queue.addBulk(ids.map((id) => ({ name: 'one', data: { id }, opts: { removeOnComplete: true } })));
      worker = new Worker('one-by-one', ({ data }) => pool.query(ONE, [data.id, version]).then(() => null), {
        connection,
        concurrency: CONCURRENCY,
      });
      worker.on('completed', () => --left === 0 && all.resolve());
      worker.on('failed', (_job, error) => all.reject(error));
      await all.promise;
    });
    await worker?.close();
    return ids.length / seconds;
  };
  return { name: 'one job and one row per agent', run };
}

async function finished(team: Team, after: string): Promise<number> {
  return withDatabase(team.databaseUrl, async (client) => {
    for (;;) {
      const { rows } = await client.query<{ seconds: number; done: boolean }>(FINISHED, [team.id, after]);
      if (rows[0]?.done) return rows[0].seconds;
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  });
}

async function newestRow(team: Team): Promise<string> {
  const { rows } = await withDatabase(team.databaseUrl, (client) =>
    client.query<{ id: string }>('select coalesce(max(id), 0)::text as id from outbox'),
  );
  return rows[0]?.id ?? '0';
}

/** Changes the team; how many ms the answer took. */
export async function patch({ id, floor, server }: Team, body: object): Promise<number> {
  const from = performance.now();
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1/teams/${id}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${floor.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`The change was answered ${answer.status}: ${text}`);
  return performance.now() - from;
}

/** Every hundredth agent. */
function few({ agentIds }: Team): string[] {
  return agentIds.filter((_id, index) => index % 100 === 0);
}

/** So that no way pays for what another has left. */
function vacuum({ databaseUrl }: Team, table: string): Promise<unknown> {
  return withDatabase(databaseUrl, (client) => client.query(`vacuum ${table}`));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1_000;
}

function redisOptions(url: string) {
  const path = url.startsWith('unix://') ? { path: url.slice('unix://'.length) } : { url };
  return { ...path, maxRetriesPerRequest: null };
}
