import { connectRedis } from '../../platform/redis/redis-connections.js';
import { failed, type Finding, ok, skipped } from './finding.js';
import type { Subject } from './subject.js';

const OLDEST_VERSION = 7;
const PATIENCE_MS = 3_000;

/** The server, and the settings that jobs depend on. */
export async function checkRedis({ redisUrl, embedded }: Subject): Promise<Finding[]> {
  if (!redisUrl) {
    const why = embedded ? 'the embedded one does not run' : 'its address is not known';
    return [skipped('Redis', why)];
  }
  const place = placeOf(redisUrl);
  const client = connectRedis(redisUrl, {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let lastError: unknown;
  client.on('error', (error) => (lastError = error));
  try {
    await client.connect();
    return findingsOf(factsIn(await client.info()), place);
  } catch (error) {
    return [unreachable(place, lastError ?? error)];
  } finally {
    client.disconnect();
  }
}

function findingsOf(facts: ReadonlyMap<string, string>, place: string): Finding[] {
  const isValkey = facts.get('server_name') === 'valkey';
  const version = (isValkey ? facts.get('valkey_version') : facts.get('redis_version')) ?? '';
  const detail = `${isValkey ? 'Valkey ' : ''}${version} at ${place}`;
  const recent = Number.parseInt(version, 10) >= OLDEST_VERSION;
  return [
    recent ? ok('Redis', detail) : failed('Redis', `${detail} is too old`, 'Use Redis or Valkey 7 or newer.'),
    memoryFinding(facts.get('maxmemory_policy')),
    durabilityFinding(facts.get('aof_enabled')),
  ];
}

function memoryFinding(policy: string | undefined): Finding {
  const check = 'Redis memory';
  if (policy === 'noeviction') return ok(check, 'never evicts (noeviction)');
  if (policy === undefined)
    return skipped(check, 'it does not tell its maxmemory-policy', 'Make sure it is noeviction.');
  return failed(check, `evicts when full (${policy})`, 'Jobs could vanish; set maxmemory-policy to noeviction.');
}

/** Nothing depends on it: what is lost with Redis is made again. */
function durabilityFinding(aof: string | undefined): Finding {
  const check = 'Redis durability';
  if (aof === '1') return ok(check, 'writes go to its append-only file');
  const advice = 'With `appendonly yes` live views and jobs continue sooner after a restart of Redis.';
  return skipped(check, 'no append-only file; nothing is lost without it', advice);
}

const ADVICE: Record<string, string> = {
  ECONNREFUSED: 'Is it running, and are host and port of REDIS_URL right?',
  ENOTFOUND: 'The host of REDIS_URL is unknown here.',
  ENOENT: 'There is no such socket; is it running, and is the path in REDIS_URL right?',
  EACCES: 'This user may not use that socket.',
  NOAUTH: 'It asks for a password: redis://:password@host:6379',
  WRONGPASS: 'User or password of REDIS_URL is wrong.',
  NOPERM: 'The user of REDIS_URL lacks rights; Muster needs all commands on its own keys, and INFO.',
};

function unreachable(place: string, error: unknown): Finding {
  const { code, message = '' } = error as { code?: string; message?: string };
  const reason = code ?? /^[A-Z]{4,}/.exec(message)?.[0] ?? 'no answer';
  const advice = ADVICE[reason] ?? 'Is it running, and does the network let this machine through to it?';
  return failed('Redis', `does not let us in at ${place} (${reason})`, advice);
}

/** `INFO` as a map: lines of `name:value` between headings. */
function factsIn(info: string): Map<string, string> {
  const lines = info.split('\r\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

/** Where it is, without user and password. */
function placeOf(url: string): string {
  const { protocol, hostname, port, pathname } = new URL(url);
  return protocol === 'unix:' ? decodeURIComponent(pathname) : `${hostname}:${port || 6379}`;
}
