/** The folders the set-up works in. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where the embedded services live; a private Redis is unpacked into its `tools`. */
export const DATA_DIR = resolve(ROOT, process.env.MUSTER_DATA_DIR || '.muster');

/** Locks of the set-up; always in the clone, because it is the clone that they guard. */
export const LOCK_DIR = join(ROOT, '.muster', 'locks');

/**
 * Makes a folder with those above it. Not mkdir's own recursion: it never ends where a file system has no room for
 * folders, like /proc.
 * @param {string} path
 */
export function makeFolder(path) {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}
