import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataDir } from './data-dir.js';
import { LaunchCancelled, LaunchError } from './launch.error.js';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';

const FILE = /^launcher\.(\d+)\.([\w-]+)\.\w+$/;
const CONTENDERS_GET_OUT_OF_THE_WAY_MS = 1_500;
/** A node may take 30 s to end its work, the servers a little more. */
const LEAVES_WITHIN_MS = 70_000;
const LEAVING = 'leaving';

export interface TakeOptions {
  /** Told whom it waits for: a holder that is leaving. */
  onWait?: (pid: number) => void;
  /** Gives up waiting; `LaunchCancelled` is thrown. */
  signal?: AbortSignal;
}

interface Holder extends ProcessIdentity {
  leaving: boolean;
}

/**
 * One launcher at a time in a data folder, healing by itself after `kill -9`.
 *
 * Every contender first makes a file whose name is its identity, then looks for files of other living processes; none
 * means that it holds the lock. Of two contenders at least one sees the other, so two can never hold it. As a name is
 * never used twice, sweeping away the file of a dead one can't hit a living one. Two that see each other both step
 * back and try again a little later; one that stays is the holder. A holder that is about to stop says so in its file,
 * and is waited for instead of complained about.
 */
export class DataDirLock {
  private constructor(
    readonly dir: DataDir,
    private readonly file: string,
  ) {}

  /** A `LaunchError` names who holds it. */
  static async take(dir: DataDir, { onWait, signal }: TakeOptions = {}): Promise<DataDirLock> {
    const started = performance.now();
    const file = join(dir.locks, nameOf(ownIdentity()));
    for (let waitingFor = 0; ; await sleep(50 + Math.random() * 150)) {
      if (signal?.aborted) throw new LaunchCancelled();
      writeFileSync(file, '');
      const other = findOther(dir.locks, file);
      if (other === null) return new DataDirLock(dir, file);
      rmSync(file, { force: true });
      const patience = other.leaving ? LEAVES_WITHIN_MS : CONTENDERS_GET_OUT_OF_THE_WAY_MS;
      if (performance.now() - started > patience) throw new LaunchError(heldMessage(dir, other));
      if (other.leaving && waitingFor !== other.pid) onWait?.((waitingFor = other.pid));
    }
  }

  /** Says that the holder is stopping and will release soon. */
  leaving(): void {
    writeFileSync(this.file, LEAVING);
  }

  release(): void {
    rmSync(this.file, { force: true });
  }
}

/** The launcher that holds this folder now, or null. */
export function findLauncher(dir: DataDir): ProcessIdentity | null {
  return findOther(dir.locks, '');
}

function findOther(folder: string, own: string): Holder | null {
  for (const name of readdirSync(folder)) {
    const [, pid, started] = FILE.exec(name) ?? [];
    const file = join(folder, name);
    if (!pid || !started || file === own) continue;
    const identity = { pid: Number(pid), started };
    if (isAlive(identity)) return { ...identity, leaving: says(file, LEAVING) };
    rmSync(file, { force: true });
  }
  return null;
}

function says(file: string, word: string): boolean {
  try {
    return readFileSync(file, 'utf8') === word;
  } catch {
    return false;
  }
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
