/** Runs a program that the documentation shows, as it stands there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

/** Starts the first JavaScript of the page, which listens on `PORT`. Returns its address, and how to end it. */
export async function startExample(
  page: string,
  environment: Record<string, string>,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const [, source = ''] = /```js\n(.*?)```/s.exec(await readFile(page, 'utf8')) ?? [];
  const directory = await mkdtemp(join(tmpdir(), 'example-'));
  await writeFile(join(directory, 'example.mjs'), source);
  const port = String(await freePort());
  const env = { ...environment, PORT: port };
  const child = spawn(process.execPath, [join(directory, 'example.mjs')], { env, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const isUp = () =>
    fetch(url).then(
      () => true,
      () => false,
    );
  await eventually(isUp, (up) => up);
  return { url, stop: () => end(child, directory) };
}

async function end(child: ChildProcess, directory: string): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await ended;
  await rm(directory, { recursive: true });
}
