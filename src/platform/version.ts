import { readFileSync } from 'node:fs';

/** The version of the product, from its package.json (three levels above the compiled file, as above the source). */
export const version: string = readVersion();

function readVersion(): string {
  for (const path of ['../../../package.json', '../../package.json']) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
        name?: string;
        version: string;
      };
      if (manifest.name === 'muster') return manifest.version;
    } catch {
      continue;
    }
  }
  return 'unknown';
}
