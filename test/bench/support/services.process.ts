/** The process that owns the servers of a `Services`: however the benchmark ends, they end too. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDir } from '../../../src/platform/embedded/data-dir.js';
import { DataDirLock } from '../../../src/platform/embedded/data-dir.lock.js';
import { EmbeddedServices } from '../../../src/platform/embedded/services.js';
import { answerCalls, refuse } from '../../support/processes/answer.js';

const folder = mkdtempSync(join(tmpdir(), 'muster-bench-'));
const remove = () => rmSync(folder, { recursive: true, force: true });

try {
  const lock = await DataDirLock.take(DataDir.open(folder));
  const toolFolders = [process.env.MUSTER_DATA_DIR || '.muster', '.muster'];
  const services = await EmbeddedServices.start({ lock, durable: true, path: process.env.PATH, toolFolders });
  const { databaseUrl, redisUrl } = services;
  const stop = () =>
    services.stop().finally(() => {
      lock.release();
      remove();
    });
  answerCalls({}, stop, { databaseUrl, redisUrl });
} catch (error) {
  remove();
  refuse(error);
}
