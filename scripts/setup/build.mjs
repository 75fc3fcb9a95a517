/** `dist`, compiled from the sources; a marker in it holds their fingerprint and is written last. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';
import { runtimeNode } from './platform.mjs';
import { SetupError, step } from './report.mjs';
import { head, run } from './run.mjs';

const DIST = join(ROOT, 'dist');
const MARKER = join(DIST, '.muster-built');
const ENTRY = join(DIST, 'src', 'main.js');
const CONFIGURATION = ['nest-cli.json', '.swcrc', 'tsconfig.json', 'package-lock.json'];
const CONSOLE = 'libs/console';
/** What runs compiled beside the product, so that what it measures or breaks is what runs. */
const PROGRAMS = {
  bench: { name: 'benchmarks', folder: 'test/bench' },
  faults: { name: 'fault suites', folder: 'test/faults' },
};
const SPEC = /\.spec\.(ts|js|js\.map)$/;

export function isBuilt() {
  return existsSync(MARKER) && readFileSync(MARKER, 'utf8') === fingerprint();
}

/**
 * @param {import('./lock.mjs').SetupLock} lock
 * @param {boolean} force
 */
export async function ensureBuild(lock, force) {
  if (!force && isBuilt()) return;
  const sources = fingerprint();
  await step('building', () => build(lock));
  writeFileSync(MARKER, sources);
}

/** @param {import('./lock.mjs').SetupLock} lock */
async function build(lock) {
  rmSync(DIST, { recursive: true, force: true });
  await compile(lock, 'the sources do not compile', [tool('@nestjs/cli/bin/nest.js'), 'build', '--all']);
  for (const file of filesUnder(DIST)) if (SPEC.test(file)) rmSync(file);
  if (!existsSync(ENTRY)) throw new SetupError(`the build made no ${ENTRY}.`);
  await compile(lock, 'the console does not compile', [tool('vite/bin/vite.js'), 'build', CONSOLE]);
}

/** @param {string} what @returns {what is keyof typeof PROGRAMS} */
export function isProgram(what) {
  return what in PROGRAMS;
}

/**
 * @param {import('./lock.mjs').SetupLock} lock
 * @param {keyof typeof PROGRAMS} what
 */
export async function buildProgram(lock, what) {
  const { name, folder } = PROGRAMS[what];
  const folders = [folder, 'test/support'].filter((path) => existsSync(join(ROOT, path)));
  await compile(lock, `the ${name} do not compile`, [tool('@swc/cli/bin/swc.js'), ...folders, '-d', 'dist']);
}

/** @param {string} path */
function tool(path) {
  return join(ROOT, 'node_modules', path);
}

/**
 * @param {import('./lock.mjs').SetupLock} lock
 * @param {string} failure
 * @param {string[]} command
 */
async function compile(lock, failure, command) {
  const { code, output } = await run(runtimeNode(), command, { cwd: ROOT, lock });
  if (code !== 0) throw new SetupError(`${failure}:\n${head(output, 30)}`);
}

function fingerprint() {
  const hash = createHash('sha256');
  const sources = sourceFolders().flatMap((folder) => [...filesUnder(folder)]);
  const files = [...CONFIGURATION.map((name) => join(ROOT, name)), ...sources.sort()];
  for (const file of files) {
    if (SPEC.test(file)) continue;
    const content = readFileSync(file);
    hash.update(`${file.slice(ROOT.length)} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

function sourceFolders() {
  const { projects } = JSON.parse(readFileSync(join(ROOT, 'nest-cli.json'), 'utf8'));
  const folders = Object.values(projects).map((/** @type {{ sourceRoot: string }} */ project) => project.sourceRoot);
  return [...folders, CONSOLE].map((folder) => join(ROOT, folder)).filter((folder) => existsSync(folder));
}

/**
 * @param {string} folder
 * @returns {Generator<string>}
 */
function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (entry.isFile()) yield path;
  }
}
