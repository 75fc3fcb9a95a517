#!/usr/bin/env node
/**
 * The `muster` command. Brings the clone up to date like every other command, then hands over to the compiled command
 * line: in this process, or, where the Node on PATH is too old for it, in one of the Node that Muster runs on.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './setup/paths.mjs';
import { canRunMuster, runtimeNode } from './setup/platform.mjs';

const CLI = join(ROOT, 'dist', 'src', 'cli', 'main.js');

const setUp = spawnSync(process.execPath, [join(ROOT, 'scripts', 'ensure.mjs'), 'cli'], { stdio: 'inherit' });
if (setUp.status !== 0) process.exit(setUp.status ?? 1);

if (canRunMuster()) {
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(CLI).href);
} else {
  const child = spawn(runtimeNode(), ['--enable-source-maps', CLI, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends SIGINT to the child as well; this process only stays to tell how it ended.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(/** @type {NodeJS.Signals} */ (signal)));
  child.once('exit', (code) => process.exit(code ?? 1));
}
