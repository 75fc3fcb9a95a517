/**
 * The way to PostgreSQL, the only truth.
 *
 * Who calls: services and their `*.queries.ts`. Guaranteed: an EntityManager handed out here is of one workspace
 * (its filter can't be forgotten) and a transaction commits before `transaction` resolves. What must never
 * happen: an EntityManager shared between requests, or waiting for anything but PostgreSQL inside `transaction`.
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

export interface DatabaseOptions {
  url: string;
  entities: EntitySchema[];
  migrations: (new (...args: ConstructorParameters<typeof Migration>) => Migration)[];
  /** Connections of the main pool. */
  poolSize?: number;
}

export class Database {
  private readonly turns = new Map<string, LimitFunction>();

  private constructor(
    /** For connections of one's own; they are, like all here, of the role that may do no more than it has to. */
    readonly url: string,
    /** What somebody has to run so that they are; null: they are. */
    readonly roleAdvice: string | null,
    private readonly orm: MikroORM,
    /** For raw, set-based SQL outside a transaction of the ORM, with `$1` parameters. */
    readonly pool: pg.Pool,
    /** Only for the authority read: it must not queue behind anything. */
    readonly authorityPool: pg.Pool,
    /** Only for what keeps nodes in step (leases, revocations): behind a busy pool a node would be taken for dead. */
    readonly controlPool: pg.Pool,
  ) {}

  /** Connects, applies pending migrations under an advisory lock, and makes sure that the schema is complete. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const { url, advice } = await migrate(options.url, () => this.initialise(options, MIGRATING));
    const pool = createPool(url, options.poolSize ?? 10);
    const urgent = { statement_timeout: URGENT_MS, query_timeout: URGENT_MS, connectionTimeoutMillis: URGENT_MS };
    return new Database(
      url,
      advice,
      await this.initialise({ ...options, url }),
      pool,
      createPool(url, 3, urgent),
      createPool(url, 2, urgent),
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
    return this.scope(this.orm.em.fork(), workspaceId);
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
    return this.orm.em.fork().transactional(work);
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
    const pools = [this.pool, this.authorityPool, this.controlPool];
    await Promise.allSettled([this.orm.close(true), ...pools.map((pool) => pool.end())]);
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

/** A transaction whose node was frozen must not hold a lock for longer than clients wait. */
const SESSION = { statement_timeout: 15_000, lock_timeout: 5_000, idle_in_transaction_session_timeout: 2_000 };
/** Rewriting or indexing what a large installation has kept takes as long as it takes; waiting for others does not. */
const MIGRATING = { ...SESSION, statement_timeout: 0 };
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
