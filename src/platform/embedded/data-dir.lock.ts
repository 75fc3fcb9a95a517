import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataDir } from './data-dir.js';
import { LaunchError } from './launch.error.js';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';

const FILE = /^launcher\.(\d+)\.([\w-]+)\.\w+$/;
const CONTENDERS_GET_OUT_OF_THE_WAY_MS = 1_500;

/**
 * One launcher at a time in a data folder, healing by itself after `kill -9`.
 *
 * Every contender first makes a file whose name is its identity, then looks for files of other living processes; none
 * means that it holds the lock. Of two contenders at least one sees the other, so two can never hold it. As a name is
 * never used twice, sweeping away the file of a dead one can't hit a living one. Two that see each other both step
 * back and try again a little later; one that stays is the holder.
 */
export class DataDirLock {
  private constructor(private readonly file: string) {}

  static async take(dir: DataDir): Promise<DataDirLock> {
    const deadline = performance.now() + CONTENDERS_GET_OUT_OF_THE_WAY_MS;
    const file = join(dir.locks, nameOf(ownIdentity()));
    for (;;) {
      writeFileSync(file, '');
      const other = findOther(dir.locks, file);
      if (other === null) return new DataDirLock(file);
      rmSync(file, { force: true });
      if (performance.now() > deadline) throw new LaunchError(heldMessage(dir, other));
      await sleep(50 + Math.random() * 150);
    }
  }

  release(): void {
    rmSync(this.file, { force: true });
  }
}

/** The launcher that holds this folder now, or null. */
export function findLauncher(dir: DataDir): ProcessIdentity | null {
  return findOther(dir.locks, '');
}

function findOther(folder: string, own: string): ProcessIdentity | null {
  for (const name of readdirSync(folder)) {
    const [, pid, started] = FILE.exec(name) ?? [];
    const file = join(folder, name);
    if (!pid || !started || file === own) continue;
    const identity = { pid: Number(pid), started };
    if (isAlive(identity)) return identity;
    rmSync(file, { force: true });
  }
  return null;
}

function ownIdentity(): ProcessIdentity {
  return identify(process.pid) ?? { pid: process.pid, started: String(Date.now()) };
}

function nameOf({ pid, started }: ProcessIdentity): string {
  return `launcher.${pid}.${started}.${randomBytes(4).toString('hex')}`;
}

function heldMessage(dir: DataDir, other: ProcessIdentity): string {
  return (
    `Muster is already running on ${dir.path} (process ${other.pid}). ` +
    'Stop that one first, or set MUSTER_DATA_DIR to another folder.'
  );
}
