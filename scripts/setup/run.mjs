/** Runs the tools of the set-up (npm, the compiler, apt) quietly, keeping what they say for the case that they fail. */
import { spawn } from 'node:child_process';

/**
 * @typedef {{ code: number | null, output: string }} Outcome
 * @typedef {{ cwd?: string, env?: Record<string, string>, lock?: import('./lock.mjs').SetupLock }} RunOptions
 */

/**
 * Runs a command to its end. Never throws: a command that can not be started has code null.
 * Interrupting the set-up ends the command as well.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function run(command, args, { cwd, env, lock } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid) lock?.include(child.pid);
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => (output = (output + chunk).slice(-100_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const interrupt = () => {
      child.kill('SIGTERM');
      process.stderr.write('interrupted\n');
      process.exit(130);
    };
    for (const signal of SIGNALS) process.once(signal, interrupt);
    const done = (/** @type {Outcome} */ outcome) => {
      for (const signal of SIGNALS) process.off(signal, interrupt);
      resolve(outcome);
    };
    child.once('error', (error) => done({ code: null, output: error.message }));
    child.once('close', (code) => done({ code, output }));
  });
}

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * The first lines of an output that say something, for an error message.
 * @param {string} output
 * @param {number} [count]
 */
export function head(output, count = 6) {
  const lines = output.split('\n').map((line) => line.trimEnd());
  return lines
    .filter(Boolean)
    .slice(0, count)
    .map((line) => `    ${line}`)
    .join('\n');
}
