import type { Environment } from '../../platform/config/environment.js';
import { inspectEnvironment, type Source } from '../../platform/config/read-environment.js';
import { findRunning } from '../../platform/embedded/running.js';

/** The installation that is looked at, as far as it can be told from its variables. */
export interface Subject {
  /** Only what is not `wrong` holds. */
  environment: Environment;
  wrong: ReadonlyMap<string, string>;
  warnings: readonly string[];
  /** Whether Muster brings its own PostgreSQL and Redis. */
  embedded: boolean;
  /** Whether they run on this data folder now. */
  running: boolean;
  path: string | undefined;
  /** null: not known, because it isn't given, is wrong, or the embedded one does not run. */
  databaseUrl: string | null;
  redisUrl: string | null;
}

/** What the launcher makes itself, where nothing is given. */
const MADE_BY_THE_LAUNCHER: Source = {
  DATABASE_URL: 'postgres://embedded',
  REDIS_URL: 'unix:///embedded',
  HOST: '127.0.0.1',
  MUSTER_JWT_SECRET: '-'.repeat(32),
  MUSTER_PHONE_KEY: Buffer.alloc(32).toString('base64'),
};

/** Reads what there is to read of the installation with these variables; nothing is asked yet. */
export function subjectOf(source: Source): Subject {
  const embedded = !['DATABASE_URL', 'REDIS_URL'].some((name) => source[name] || source[`${name}_FILE`]);
  const found = embedded ? findRunning(source.MUSTER_DATA_DIR || '.muster') : null;
  const { MUSTER_URL: _, ...running } = found ?? {};
  const { environment, wrong, warnings } = inspectEnvironment(
    embedded ? { ...MADE_BY_THE_LAUNCHER, ...given(source), ...running } : source,
  );
  const urlIn = (name: 'DATABASE_URL' | 'REDIS_URL') =>
    wrong.has(name) || (embedded && !found) ? null : environment[name];
  return {
    environment,
    wrong,
    warnings,
    embedded,
    running: found !== null,
    path: source.PATH,
    databaseUrl: urlIn('DATABASE_URL'),
    redisUrl: urlIn('REDIS_URL'),
  };
}

/** An empty variable is none. */
function given(source: Source): Source {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
}
