/** The folders the set-up works in. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where the embedded services live; a private Redis is unpacked into its `tools`. */
export const DATA_DIR = resolve(ROOT, process.env.MUSTER_DATA_DIR || '.muster');

/** Locks of the set-up; always in the clone, because it is the clone that they guard. */
export const LOCK_DIR = join(ROOT, '.muster', 'locks');
