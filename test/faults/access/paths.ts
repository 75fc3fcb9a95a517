import { basename, dirname, join } from 'node:path';

const HERE = join(import.meta.dirname, '../../..');

/** The project's folder, for sources and for what is compiled from them alike. */
export const ROOT = basename(HERE) === 'dist' ? dirname(HERE) : HERE;
export const NODE_MAIN = join(ROOT, 'dist/src/main.js');

/** A module that is loaded into a node before the product. Plain JavaScript, run as it is. */
export function preload(name: string): string {
  return join(ROOT, 'test/faults/access', `${name}.mjs`);
}
