import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { chooseAddress } from '../../src/platform/embedded/address.js';
import { DataDir } from '../../src/platform/embedded/data-dir.js';
import { DataDirLock } from '../../src/platform/embedded/data-dir.lock.js';
import { isAlive, type ProcessIdentity } from '../../src/platform/embedded/process-identity.js';
import { findRunning } from '../../src/platform/embedded/running.js';
import { embeddedSecrets } from '../../src/platform/embedded/secrets.js';
import { type PrivateServices, startServicesIn } from '../support/services.js';

let folder: string;
let ends: (() => Promise<unknown>)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-embedded-'));
  ends = [];
});

afterEach(async () => {
  for (const end of ends.reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

async function startHere(): Promise<PrivateServices> {
  const services = await startServicesIn(folder);
  ends.push(() => services.stop());
  return services;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function redisAt(url: string): Redis {
  const redis = new Redis({ path: url.replace('unix://', ''), disconnectTimeout: 100 });
  ends.push(() => redis.quit().catch(() => undefined));
  return redis;
}

/** The servers that run on the folder, by the records that their launcher keeps. */
function recorded(): ProcessIdentity[] {
  const names = readdirSync(join(folder, 'run')).filter((name) => /^(postgres|redis)\.json$/.test(name));
  return names.map((name) => JSON.parse(readFileSync(join(folder, 'run', name), 'utf8')) as ProcessIdentity);
}

/** A launcher in a process of its own; resolves with it when it is ready. */
async function launch(path = process.env.PATH) {
  const child = spawn(process.execPath, ['dist/src/services.js'], {
    env: { ...process.env, PATH: path, MUSTER_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exit = once(child, 'exit');
  ends.push(async () => {
    child.kill('SIGTERM');
    await exit;
  });
  for await (const line of createInterface({ input: child.stdout })) if (line === 'services ready') break;
  return { child, exit };
}

describe('embedded services', () => {
  it('answer as soon as they are started, and keep what they hold over a restart', async () => {
    const first = await startHere();
    const [server] = await query(first.databaseUrl, 'SHOW server_encoding');
    expect(server).toEqual({ server_encoding: 'UTF8' });
    await query(first.databaseUrl, 'CREATE TABLE kept AS SELECT 1 AS one');
    await redisAt(first.redisUrl).set('kept', 'yes');
    await first.stop();

    const second = await startHere();
    expect(second.databaseUrl).toBe(first.databaseUrl);
    expect(await query(second.databaseUrl, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    expect(await redisAt(second.redisUrl).get('kept')).toBe('yes');
  });

  it('let nobody in without the password, and keep Redis off the network and from evicting', async () => {
    const services = await startHere();
    const stranger = services.databaseUrl.replace(/:[^:@]+@/, ':guess@');
    await expect(query(stranger, 'SELECT 1')).rejects.toThrow('password authentication failed');
    const redis = redisAt(services.redisUrl);
    expect(await redis.config('GET', 'port')).toEqual(['port', '0']);
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    expect(statSync(services.redisUrl.replace('unix://', '')).mode & 0o077).toBe(0);
  });

  it('give Muster a role that owns its database but not the server', async () => {
    const services = await startHere();
    const [role] = await query(services.databaseUrl, `SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = user`);
    expect(role).toEqual({ rolsuper: false, rolcreatedb: true });
  });

  it('refuse a second launcher on the same folder, naming the first', async () => {
    const services = await startHere();
    await expect(startServicesIn(folder)).rejects.toThrow(`already running on ${folder} (process ${process.pid})`);
    expect(await query(services.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('leave nothing running and no lock when stopped', async () => {
    const services = await startHere();
    const servers = recorded();
    expect(servers).toHaveLength(2);
    await services.stop();
    expect(servers.filter(isAlive)).toEqual([]);
    expect(readdirSync(join(folder, 'locks'))).toEqual([]);
  });

  it('tell which one failed when a server ends by itself', async () => {
    const services = await startHere();
    const redis = JSON.parse(readFileSync(join(folder, 'run', 'redis.json'), 'utf8')) as ProcessIdentity;
    process.kill(redis.pid, 'SIGKILL');
    expect(await services.failed).toMatch(/^Redis ended by SIGKILL; its log is .*redis\.log/);
  });

  it('say what to do when the data belongs to other secrets', async () => {
    const services = await startHere();
    await services.stop();
    writeFileSync(join(folder, 'secrets', 'postgres-superuser'), 'another\n');
    await expect(startServicesIn(folder)).rejects.toThrow('Restore `secrets`');
  });
});

describe('a launcher', () => {
  it('stops its servers on SIGTERM and leaves with code 0', async () => {
    const { child, exit } = await launch();
    const servers = recorded();
    expect(findRunning(folder)).toMatchObject({ DATABASE_URL: expect.stringContaining('postgresql://') });
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(servers.filter(isAlive)).toEqual([]);
    expect(findRunning(folder)).toBeNull();
  });

  it('killed without warning leaves servers that the next start replaces', async () => {
    const tools = mkdtempSync(join(tmpdir(), 'muster-tools-'));
    ends.push(async () => rmSync(tools, { recursive: true, force: true }));
    // Without this tool the kernel does not end the servers with their launcher: they become orphans.
    writeFileSync(join(tools, 'setpriv'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const { child, exit } = await launch(`${tools}:${process.env.PATH}`);
    const orphans = recorded();
    child.kill('SIGKILL');
    await exit;
    expect(orphans.filter(isAlive)).toHaveLength(2);

    const services = await startHere();
    expect(orphans.filter(isAlive)).toEqual([]);
    expect(await query(services.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('that is just leaving is waited for', async () => {
    const dir = DataDir.open(folder);
    const leaving = await DataDirLock.take(dir);
    leaving.leaving();
    const waitedFor: number[] = [];
    const onWait = (pid: number) => {
      waitedFor.push(pid);
      leaving.release();
    };
    (await DataDirLock.take(dir, { onWait })).release();
    expect(waitedFor).toEqual([process.pid]);
  });

  it('is not fooled by a note whose pid now belongs to a stranger', async () => {
    const services = await startHere();
    await services.stop();
    const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
    ends.push(async () => stranger.kill());
    const note = join(folder, 'postgres', 'postmaster.pid');
    writeFileSync(note, `${stranger.pid}\n${join(folder, 'postgres')}\n`);
    await startHere();
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    expect(readFileSync(note, 'utf8').split('\n')[0]).not.toBe(String(stranger.pid));
  });
});

describe('secrets', () => {
  it('are made once, readable by their owner only', () => {
    const dir = DataDir.open(folder);
    const first = embeddedSecrets(dir, {});
    expect(embeddedSecrets(DataDir.open(folder), {})).toEqual(first);
    expect(first.MUSTER_JWT_SECRET.length).toBeGreaterThanOrEqual(32);
    expect(Buffer.from(first.MUSTER_PHONE_KEY, 'base64')).toHaveLength(32);
    expect(first.MUSTER_ADMIN_PASSWORD).not.toMatch(/\s/);
    for (const name of readdirSync(dir.secrets)) expect(statSync(join(dir.secrets, name)).mode & 0o077).toBe(0);
  });

  it('of the environment win, by value or by file', () => {
    const file = join(folder, 'phone-key');
    writeFileSync(file, 'from a file\n');
    const secrets = embeddedSecrets(DataDir.open(folder), { MUSTER_JWT_SECRET: 'mine', MUSTER_PHONE_KEY_FILE: file });
    expect(secrets).toMatchObject({ MUSTER_JWT_SECRET: 'mine', MUSTER_PHONE_KEY: 'from a file' });
  });

  it('of a missing file are refused by the name of the variable', () => {
    const env = { MUSTER_PHONE_KEY_FILE: join(folder, 'absent') };
    expect(() => embeddedSecrets(DataDir.open(folder), env)).toThrow('MUSTER_PHONE_KEY_FILE has a wrong value');
  });
});

describe('a data folder', () => {
  it('that can not be made is refused with what to do', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => DataDir.open(join(file, 'data'))).toThrow(/Cannot write to .*Set MUSTER_DATA_DIR/);
  });

  it('with a long path has its sockets elsewhere', () => {
    const deep = join(folder, 'a'.repeat(60), 'b'.repeat(60));
    const socket = DataDir.open(deep).socket('redis.sock');
    ends.push(async () => rmSync(join(socket, '..'), { recursive: true, force: true }));
    expect(socket.length).toBeLessThan(100);
    expect(statSync(join(socket, '..')).mode & 0o077).toBe(0);
  });
});

describe('the address', () => {
  it('that is taken is refused with another one to choose', async () => {
    const { port } = await chooseAddress('127.0.0.1', '0');
    const { createServer } = await import('node:net');
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    ends.push(async () => server.close());
    await expect(chooseAddress('127.0.0.1', String(port))).rejects.toThrow(/already in use.*PORT=3001 npm start/);
  });

  it.each(['no number', '70000', '-1', '3.5'])('refuses PORT=%s', async (port) => {
    await expect(chooseAddress('127.0.0.1', port)).rejects.toThrow('PORT has a wrong value');
  });

  it('is shown as one that a browser on this machine can open', async () => {
    const { url, port } = await chooseAddress('0.0.0.0', '0');
    expect(url).toBe(`http://127.0.0.1:${port}`);
  });
});
