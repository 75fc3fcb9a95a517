import { findPostgres } from '../../platform/embedded/postgres-files.js';
import { findServer } from '../../platform/embedded/redis.js';
import { explain } from '../explain.js';
import { failed, type Finding, ok, skipped } from './finding.js';
import type { Subject } from './subject.js';

const OLDEST_NODE: readonly [number, number] = [22, 17];

export function checkNode(): Finding[] {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const recent = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const detail = `${node} on ${process.platform} ${process.arch}`;
  if (recent) return [ok('Node', detail)];
  return [failed('Node', detail, `Muster runs on Node ${OLDEST_NODE.join('.')} or newer; \`npm ci\` brings one.`)];
}

/** What differs from platform to platform, and may be missing though everything else is installed. */
export async function checkPackages(subject: Subject): Promise<Finding[]> {
  const native = await attempt('Password hashing', async () => {
    await import('@node-rs/argon2');
    return 'its native package is installed';
  });
  if (!subject.embedded) return [native, skipped('Embedded servers', 'not needed: PostgreSQL and Redis are given')];
  const { MUSTER_DATA_DIR } = subject.environment;
  const servers = await attempt('Embedded servers', () => {
    findPostgres();
    return `PostgreSQL of this platform is installed; Redis: ${findServer({ path: subject.path, toolFolders: [MUSTER_DATA_DIR, '.muster'] })}`;
  });
  return [native, servers];
}

async function attempt(check: string, look: () => string | Promise<string>): Promise<Finding> {
  try {
    return ok(check, await look());
  } catch (error) {
    return failed(check, explain(error), 'Install everything again with: npm ci');
  }
}
