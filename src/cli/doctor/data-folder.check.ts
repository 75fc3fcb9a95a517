import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { failed, type Finding, ok, skipped } from './finding.js';
import type { Subject } from './subject.js';

const ENOUGH_BYTES = 1024 ** 3;

/** Whether the embedded services can keep their data; nothing is made. */
export function checkDataFolder({ embedded, environment }: Subject): Finding[] {
  const check = 'Data folder';
  if (!embedded) return [skipped(check, 'not used: PostgreSQL and Redis are given')];
  const folder = resolve(environment.MUSTER_DATA_DIR);
  const existing = nearestExisting(folder);
  try {
    accessSync(existing, constants.W_OK);
  } catch {
    const advice = 'Set MUSTER_DATA_DIR to a folder of your own, or become the owner of this one.';
    return [failed(check, `${existing} can not be written to by this user`, advice)];
  }
  return [ok(check, existing === folder ? `${folder} can be written to` : `${folder} will be made by the first start`)];
}

export function checkDisk({ environment }: Subject): Finding[] {
  const place = nearestExisting(resolve(environment.MUSTER_DATA_DIR));
  const { bavail, bsize } = statfsSync(place);
  const free = `${((bavail * bsize) / ENOUGH_BYTES).toFixed(1)} GB free at ${place}`;
  if (bavail * bsize >= ENOUGH_BYTES) return [ok('Disk space', free)];
  return [failed('Disk space', free, 'Have 1 GB or more free: PostgreSQL stops when the disk is full.')];
}

export function checkEmbedded({ embedded, running }: Subject): Finding[] {
  const check = 'Embedded services';
  if (!embedded) return [skipped(check, 'not used: PostgreSQL and Redis are given')];
  if (running) return [ok(check, 'PostgreSQL and Redis of this data folder are running')];
  return [skipped(check, 'not running; `npm start` runs them with Muster, `npm run services` without')];
}

function nearestExisting(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : nearestExisting(dirname(folder));
}
