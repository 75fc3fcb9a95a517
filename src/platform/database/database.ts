/**
 * The way to PostgreSQL, the only truth.
 *
 * Who calls: services and their `*.queries.ts`. Guaranteed: an EntityManager handed out here is of one workspace
 * (its filter can't be forgotten) and a transaction commits before `transaction` resolves. Whatever is of one workspace
 * runs as a role that PostgreSQL shows no other (`roles.ts`). What must never happen: an EntityManager shared between
 * requests, waiting for anything but PostgreSQL inside `transaction`, or serving a request by what works across
 * workspaces, except where it says why.
 */
import { Logger } from '@nestjs/common';
import type { EntitySchema } from '@mikro-orm/core';
import { Migrator, type Migration } from '@mikro-orm/migrations';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import pLimit, { type LimitFunction } from 'p-limit';
import pg from 'pg';
import { inTransaction } from '../http/request-context.js';
import { migrate } from './migrate.js';
import { LOCK_TIMEOUT_MS } from './patience.js';
import { SYSTEM_ROLE } from './roles.js';
import { inSnapshot } from './snapshot.js';
import { WorkspaceQuery } from './workspace-query.js';

export interface DatabaseOptions {
  url: string;
  entities: EntitySchema[];
  migrations: (new (...args: ConstructorParameters<typeof Migration>) => Migration)[];
  /** Connections of the main pool. */
  poolSize?: number;
}

/** Raw SQL with `$1` parameters. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(
    query: string | pg.QueryConfig,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

export class Database {
  private readonly turns = new Map<string, LimitFunction>();

  private constructor(
    /** For connections of one's own; they are, like all here, of a role that may do no more than it has to. */
    readonly url: string,
    /** What somebody has to run so that they are; null: they are. */
    readonly roleAdvice: string | null,
    private readonly orm: MikroORM,
    /** For raw SQL of one workspace at a time. */
    private readonly workspaces: pg.Pool,
    /** For raw, set-based SQL across workspaces: not for what serves a request, which uses `of`. */
    readonly pool: pg.Pool,
    /** Only for the authority read: it must not queue behind anything. */
    readonly authorityPool: pg.Pool,
    /** Only for what keeps nodes in step (leases, revocations): behind a busy pool a node would be taken for dead. */
    readonly controlPool: pg.Pool,
  ) {}

  /** Connects, applies pending migrations under an advisory lock, and makes sure that the schema is complete. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const { application, system, advice } = await migrate(options.url, () => this.initialise(options, MIGRATING));
    const size = options.poolSize ?? 10;
    const urgent = { statement_timeout: URGENT_MS, query_timeout: URGENT_MS, connectionTimeoutMillis: URGENT_MS };
    return new Database(
      application,
      advice,
      await this.initialise({ ...options, url: application }),
      createPool(application, size),
      createPool(system, size),
      createPool(system, 3, urgent),
      createPool(system, 2, urgent),
    );
  }

  private static initialise(options: DatabaseOptions, session: pg.ClientConfig = SESSION): Promise<MikroORM> {
    return MikroORM.init({
      entities: options.entities,
      extensions: [Migrator],
      dbName: databaseName(options.url),
      driverOptions: { connectionString: options.url, ...session },
      pool: { min: 0, max: options.poolSize ?? 10 },
      migrations: {
        migrationsList: options.migrations.map((migration) => ({ name: migration.name, class: migration })),
        snapshot: false,
        tableName: 'schema_migration',
      },
      ensureDatabase: false,
      logger: (message) => logger.debug(message),
      colors: false,
    });
  }

  /** An EntityManager of one workspace, for reading. */
  read(workspaceId: string): EntityManager {
    return this.scope(this.orm.em.fork({ session: { variables: { [WORKSPACE]: workspaceId } } }), workspaceId);
  }

  /** Raw SQL of one workspace, outside a transaction of the ORM; a query takes one round trip. */
  of(workspaceId: string): Queryable {
    return { query: (query, values) => this.query(workspaceId, query, values) };
  }

  /** Runs `work`, which only reads, in one snapshot of one workspace. */
  snapshot<T>(workspaceId: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return inSnapshot(this.workspaces, work, workspaceId);
  }

  /** Runs `work` in one transaction of one workspace; what it throws rolls back. */
  transaction<T>(workspaceId: string, work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.read(workspaceId).transactional(async (em) => {
      await inTransaction(em);
      return work(this.scope(em, workspaceId));
    });
  }

  /**
   * Runs `begin`, which begins transactions that all wait for one lock of the workspace, one after the other on this
   * node: were it frozen, it would hold that lock once, not once for each that waits.
   */
  async inTurn<T>(workspaceId: string, begin: () => Promise<T>): Promise<T> {
    const turn = this.turns.get(workspaceId) ?? pLimit(1);
    this.turns.set(workspaceId, turn);
    try {
      return await turn(begin);
    } finally {
      if (turn.activeCount + turn.pendingCount === 0) this.turns.delete(workspaceId);
    }
  }

  /** Runs `work` as `transaction` does, and rolls back what it wrote: nothing stays, and nobody is notified. */
  async rehearse<T>(workspaceId: string, work: (em: EntityManager) => Promise<T>): Promise<T> {
    const rehearsed = new Rehearsed<T>();
    try {
      await this.transaction(workspaceId, async (em) => {
        rehearsed.outcome = [await work(em)];
        await em.flush();
        throw rehearsed;
      });
    } catch (error) {
      if (error !== rehearsed) throw error;
    }
    const [outcome] = rehearsed.outcome;
    return outcome as T;
  }

  /** Runs `work` in one transaction across workspaces: only for what isn't done on anybody's behalf. */
  systemTransaction<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    const session = this.roleAdvice ? {} : { session: { role: SYSTEM_ROLE } };
    return this.orm.em.fork(session).transactional(work);
  }

  /** The columns that the entities describe: what the migrated schema must have. */
  columns(): { table: string; column: string; nullable: boolean }[] {
    return [...this.orm.getMetadata().getAll().values()].flatMap((entity) =>
      entity.props.flatMap(({ fieldNames, nullable }) =>
        fieldNames.map((column) => ({ table: entity.tableName, column, nullable: !!nullable })),
      ),
    );
  }

  async close(): Promise<void> {
    const pools = [this.workspaces, this.pool, this.authorityPool, this.controlPool];
    await Promise.allSettled([this.orm.close(true), ...pools.map((pool) => pool.end())]);
  }

  private query<Row extends pg.QueryResultRow>(
    workspaceId: string,
    query: string | pg.QueryConfig,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>> {
    const config = typeof query === 'string' ? { text: query, values: [...(values ?? [])] } : query;
    // The driver's types say that it returns the query; a pool returns its result.
    return this.workspaces.query(new WorkspaceQuery(workspaceId, config)) as unknown as Promise<pg.QueryResult<Row>>;
  }

  private scope(em: EntityManager, workspaceId: string): EntityManager {
    em.setFilterParams('workspace', { id: workspaceId });
    return em;
  }
}

/** Raw SQL with `$1` parameters inside the transaction of `em`. Select times as numbers: they'd come as text. */
export async function sql<Row>(em: EntityManager, text: string, parameters: readonly unknown[] = []): Promise<Row[]> {
  const result = await em.getKysely().executeQuery(CompiledQuery.raw(text, [...parameters]));
  return result.rows as Row[];
}

/** Thrown to roll back what was only a rehearsal. */
class Rehearsed<T> extends Error {
  outcome: [T] | [] = [];
}

const logger = new Logger('Database');

/** The setting by which PostgreSQL knows whose rows a transaction may see. */
const WORKSPACE = 'muster.workspace';
/** A transaction whose node was frozen must not hold a lock for longer than clients wait. */
const SESSION = { statement_timeout: 15_000, lock_timeout: 5_000, idle_in_transaction_session_timeout: 2_000 };
/** Rewriting or indexing what a large installation has kept takes as long as it takes; waiting for others does not. */
const MIGRATING = { ...SESSION, statement_timeout: 0, lock_timeout: LOCK_TIMEOUT_MS };
/** What decides about access answers within this or counts as unavailable. */
const URGENT_MS = 2_000;

/** A pool that survives the database's restarts: a lost connection is dropped, not fatal, idle or taken. */
function createPool(url: string, max: number, options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max, connectionTimeoutMillis: 5_000, ...SESSION, ...options });
  pool.on('error', (error) => logger.warn(`an idle connection was lost: ${error.message}`));
  // Who has taken it learns from the next query. The pool listens only while nobody has.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function databaseName(url: string): string {
  return decodeURIComponent(/^[^?]*\/([^/?]+)(\?|$)/.exec(url)?.[1] ?? 'postgres');
}
