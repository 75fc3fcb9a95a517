/**
 * Changes of tables that others use.
 *
 * Who calls: the start of every node, around what takes a table for itself (migrations, policies, rights). Guaranteed:
 * whoever waits for a table is in nobody's way for longer than `LOCK_TIMEOUT_MS`, as everybody who comes later waits
 * behind it; it gives way, and asks again. What must never happen: nodes that run lose their leases because another one
 * starts; a start that waits in silence, or for ever.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type pg from 'pg';

/**
 * Shorter than what decides about access may take, and longer than PostgreSQL's `deadlock_timeout`, 1 s unless somebody
 * set another: whoever has waited that long makes an automatic vacuum give way, which may hold a large table for hours.
 */
export const LOCK_TIMEOUT_MS = 1_500;
/** Not to be had in time, or a deadlock with those who have it. */
const IN_USE = new Set<unknown>(['55P03', '40P01']);

interface Patience {
  tries?: number;
  pauseMs?: number;
}

const logger = new Logger('Database');

/** Sessions that hold tables of ours in transactions that are older than the wait. */
const HOLDERS_SQL = `
select distinct a.pid, c.relname::text as "table", coalesce(nullif(a.application_name, ''), a.usename::text, '') as name,
  extract(epoch from clock_timestamp() - a.xact_start)::int as seconds
from pg_locks l join pg_stat_activity a using (pid) join pg_class c on c.oid = l.relation
where l.granted and l.database = (select oid from pg_database where datname = current_database())
  and c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and a.pid <> pg_backend_pid()
  and a.xact_start < clock_timestamp() - make_interval(secs => $1)
order by seconds desc limit 5`;

/** Runs `work` again while what it needs is in use. `client` is for asking who uses it. */
export async function patiently<T>(
  client: pg.Client,
  work: () => Promise<T>,
  { tries = 60, pauseMs = 1_000 }: Patience = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!IN_USE.has(codeOf(error))) throw error;
      const holders = await holdersOf(client);
      if (attempt === tries) throw inUse(holders, tries);
      logger.warn(`the schema can't be changed while tables are in use; trying again: ${holders}`);
      await pause(pauseMs);
    }
  }
}

async function holdersOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ pid: number; table: string; name: string; seconds: number }>(HOLDERS_SQL, [
    LOCK_TIMEOUT_MS / 1_000,
  ]);
  return rows.map(({ pid, table, name, seconds }) => `${table} by ${pid} (${name}) for ${seconds} s`).join(', ');
}

function inUse(holders: string, tries: number): Error {
  return new Error(
    `tables were in use ${tries} times when the schema was to be changed (${holders || 'by nobody any more'}); ` +
      'stop the other nodes, or end those sessions with pg_terminate_backend(PID), and start again',
  );
}

function codeOf(error: unknown): unknown {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return code ?? cause?.code;
}
