import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DataDir } from './data-dir.js';
import { findLauncher } from './data-dir.lock.js';

/**
 * How to reach what runs on a data folder: the environment that the launcher gives to its children, for other commands
 * of the same user (`muster doctor`, `muster workspaces create`). Written when ready, gone when stopped.
 */
type Running = Record<string, string>;

const FILE = 'running.json';

export function publishRunning(dir: DataDir, environment: Running): void {
  writeFileSync(dir.within('run', FILE), JSON.stringify(environment), { mode: 0o600 });
}

export function withdrawRunning(dir: DataDir): void {
  rmSync(dir.within('run', FILE), { force: true });
}

/** The environment of what runs on this data folder now, or null when nothing does. */
export function findRunning(dataDir: string): Running | null {
  try {
    const dir = DataDir.at(dataDir);
    return findLauncher(dir) ? (JSON.parse(readFileSync(dir.within('run', FILE), 'utf8')) as Running) : null;
  } catch {
    return null;
  }
}
