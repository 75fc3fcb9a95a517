import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the product: the nearest one above this file with a package.json, from `dist` as from the source. */
export function productFolder(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  throw new Error('package.json is missing: Muster runs from its own folder.');
}
