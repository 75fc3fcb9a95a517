import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedServices } from '../../src/platform/embedded/services.js';

/** Where the servers of this run are (`global-setup.ts`); the role may create databases. */
export function testServices(): { databaseUrl: string; redisUrl: string } {
  const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = process.env;
  if (databaseUrl && redisUrl) return { databaseUrl, redisUrl };
  throw new Error(
    'No services for tests: this suite has to be in a project with a globalSetup (test/jest.config.mjs).',
  );
}

/** Servers of a test's own, for those that stop or break them; `stop` also removes their folder. */
export async function startPrivateServices(): Promise<PrivateServices> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const services = await startServicesIn(folder);
    return { services, stop: () => services.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

export interface PrivateServices {
  services: EmbeddedServices;
  stop: () => Promise<void>;
}

/** Servers on a folder of the caller's choice. */
export function startServicesIn(dataDir: string): Promise<EmbeddedServices> {
  const toolFolders = [process.env.MUSTER_DATA_DIR || '.muster', '.muster'];
  return EmbeddedServices.start({ dataDir, durable: false, path: process.env.PATH, toolFolders });
}
