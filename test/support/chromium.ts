import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const APT = { timeout: 300_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };

/** The browser on PATH, or the one that `CHROMIUM` names; null: none. */
function findChromium(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
  return process.env['CHROMIUM'] ?? found ?? null;
}

/** The browser to test with: found, or installed where that is allowed, which is as root on Debian and Ubuntu. */
export async function chromiumPath(): Promise<string> {
  const found = findChromium();
  if (found) return found;
  const isAllowed = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (isAllowed) await apt('install').catch(() => apt('update').then(() => apt('install')));
  const installed = findChromium();
  if (installed) return installed;
  throw new Error('The browser tests need Chromium: install it, or say where it is with CHROMIUM=/path/to/chromium.');
}

async function apt(what: 'install' | 'update'): Promise<void> {
  const packages = what === 'install' ? ['-y', '--no-install-recommends', 'chromium'] : [];
  await promisify(execFile)('apt-get', [what, ...packages], APT);
}
