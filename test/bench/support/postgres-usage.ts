/** What PostgreSQL uses, as the kernel counts it: of its main process and of all that it has started. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Client } from 'pg';

/** Ticks a second of the times in /proc: USER_HZ is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const PARENT = 1;
/** User and system time, its own and that of children that have ended. */
const TIMES = [11, 12, 13, 14] as const;

/** CPU time of the server that `client` is connected to, until now. Linux only, on the same machine. */
export class PostgresUsage {
  private constructor(private readonly main: number) {}

  static async of(client: Client): Promise<PostgresUsage> {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const own = fieldsOf(rows[0]?.pid ?? 0);
    if (!own) throw new Error("PostgreSQL's CPU time is read from /proc: this benchmark runs on Linux only.");
    return new PostgresUsage(own[PARENT] ?? 0);
  }

  cpuMs(): number {
    const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    let ticks = 0;
    for (const name of processes) {
      const fields = fieldsOf(Number(name));
      if (!fields || (Number(name) !== this.main && fields[PARENT] !== this.main)) continue;
      for (const time of TIMES) ticks += fields[time] ?? 0;
    }
    return (ticks * 1000) / TICKS_PER_SECOND;
  }
}

/** What follows the name of the process in its `stat`: state, parent, …; null: there is no such process. */
function fieldsOf(pid: number): number[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
  } catch {
    return null;
  }
}
