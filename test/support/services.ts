import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDir } from '../../src/platform/embedded/data-dir.js';
import { DataDirLock } from '../../src/platform/embedded/data-dir.lock.js';
import { EmbeddedServices } from '../../src/platform/embedded/services.js';

/** Where the servers of this run are (`global-setup.ts`); the role may create databases. */
export function testServices(): { databaseUrl: string; redisUrl: string } {
  const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = process.env;
  if (databaseUrl && redisUrl) return { databaseUrl, redisUrl };
  throw new Error(
    'No services for tests: this suite has to be in a project with a globalSetup (test/jest.config.mjs).',
  );
}

/** Servers of a test's own, for those that stop or break them. */
export interface PrivateServices {
  databaseUrl: string;
  redisUrl: string;
  /** Resolves with a message when a server ends by itself. */
  failed: Promise<string>;
  stop: () => Promise<void>;
}

/** Starts servers in a new folder; `stop` also removes it. */
export async function startPrivateServices(): Promise<PrivateServices> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const { stop, ...services } = await startServicesIn(folder);
    return { ...services, stop: () => stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Starts servers in a folder of the caller's. */
export async function startServicesIn(dataDir: string): Promise<PrivateServices> {
  const lock = await DataDirLock.take(DataDir.open(dataDir));
  try {
    const toolFolders = [process.env.MUSTER_DATA_DIR || '.muster', '.muster'];
    const services = await EmbeddedServices.start({ lock, durable: false, path: process.env.PATH, toolFolders });
    const stop = () => services.stop().finally(() => lock.release());
    return { databaseUrl: services.databaseUrl, redisUrl: services.redisUrl, failed: services.failed, stop };
  } catch (error) {
    lock.release();
    throw error;
  }
}
