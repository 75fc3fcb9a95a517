import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

let clone: string;
let children: ChildProcess[];

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'muster-setup-'));
  cpSync('scripts', join(clone, 'scripts'), { recursive: true });
  children = [];
});

afterEach(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  rmSync(clone, { recursive: true, force: true });
});

/** A module that runs in the clone as the set-up does, and its lines of output. */
function run(source: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { cwd: clone });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, exit: once(child, 'exit'), next: async () => String((await lines.next()).value) };
}

/** A set-up that holds the lock until its input ends. */
const HOLD = `
  import { withSetupLock } from './scripts/setup/lock.mjs';
  await withSetupLock(async () => {
    console.log('holding');
    for await (const _ of process.stdin) break;
  });
  console.log('released');
`;

/** One that has started a tool, as npm is one, and is killed while the tool goes on until a file appears. */
const WITH_TOOL = `
  import { spawn } from 'node:child_process';
  import { withSetupLock } from './scripts/setup/lock.mjs';
  await withSetupLock(async (lock) => {
    const tool = spawn('sh', ['-c', 'until [ -e finish ]; do sleep 0.05; done'], { detached: true, stdio: 'ignore' });
    lock.include(tool.pid);
    console.log('holding');
    await new Promise(() => setInterval(() => undefined, 1000));
  });
`;

function locks(): string[] {
  return readdirSync(join(clone, '.muster', 'locks'));
}

describe('two set-ups of one clone', () => {
  it('take turns', async () => {
    const first = run(HOLD);
    expect(await first.next()).toBe('holding');
    const second = run(HOLD);
    const [told] = (await once(second.child.stderr, 'data')) as [Buffer];
    expect(told.toString()).toContain(`waiting for another set-up of this clone (process ${first.child.pid})`);

    first.child.stdin.end();
    expect(await first.next()).toBe('released');
    expect(await second.next()).toBe('holding');
    second.child.stdin.end();
    await second.exit;
    expect(locks()).toEqual([]);
  });

  it('do not block each other after one was killed', async () => {
    const first = run(HOLD);
    expect(await first.next()).toBe('holding');
    first.child.kill('SIGKILL');
    await first.exit;
    expect(locks()).toHaveLength(1);
    expect(await run(HOLD).next()).toBe('holding');
  });

  it('wait for the tools of one that was killed', async () => {
    const first = run(WITH_TOOL);
    expect(await first.next()).toBe('holding');
    first.child.kill('SIGKILL');
    await first.exit;
    const second = run(HOLD);
    const [told] = (await once(second.child.stderr, 'data')) as [Buffer];
    expect(told.toString()).toContain('waiting for another set-up');
    writeFileSync(join(clone, 'finish'), '');
    expect(await second.next()).toBe('holding');
  });
});

describe('a set-up that can not do its work', () => {
  async function failureOf(env: NodeJS.ProcessEnv): Promise<string> {
    const child = spawn(process.execPath, ['scripts/ensure.mjs', 'node'], {
      cwd: clone,
      env: { ...process.env, ...env },
    });
    children.push(child);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(1);
    expect(said).not.toMatch(/^ +at /m);
    return said;
  }

  beforeEach(() => {
    const manifest = { name: 'clone', version: '1.0.0', dependencies: { nowhere: '1.0.0' } };
    const packages = {
      '': manifest,
      'node_modules/nowhere': {
        version: '1.0.0',
        resolved: 'http://127.0.0.1:9/nowhere/-/nowhere-1.0.0.tgz',
        integrity: `sha512-${'A'.repeat(86)}==`,
      },
    };
    writeFileSync(join(clone, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(clone, 'package-lock.json'), JSON.stringify({ ...manifest, lockfileVersion: 3, packages }));
  });

  it('says that the registry can not be reached, and what to check', async () => {
    const said = await failureOf({
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_cache: join(clone, 'cache'),
    });
    expect(said).toContain('the package registry can not be reached');
    expect(said).toContain('run the command again');
  });

  it('says which folder it may not write', async () => {
    writeFileSync(join(clone, '.muster'), 'a file where a folder should be');
    expect(await failureOf({})).toMatch(/Set-up failed: cannot write .*\.muster.*a part of that path is a file/);
  });
});
