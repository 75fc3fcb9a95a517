/** What people see of the set-up: a line with its time for each step that had something to do, and one clear failure. */

/** A failure whose message already says what went wrong and what to do. */
export class SetupError extends Error {}

/**
 * Runs one step; shows its label at once, for it may take a minute, and its time when it is done.
 * @template T
 * @param {string} label
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const started = Date.now();
  process.stderr.write(`  ${label} … `);
  try {
    const result = await work();
    process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
    return result;
  } catch (error) {
    process.stderr.write('failed\n');
    throw error;
  }
}

const ADVICE = /** @type {Record<string, string>} */ ({
  EACCES: 'this user may not write there; give it the folder, or work as its owner',
  EPERM: 'this user may not write there; give it the folder, or work as its owner',
  ENOTDIR: 'a part of that path is a file',
  ENOENT: 'no folder can be made there',
  EROFS: 'that disk is mounted read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
});

/**
 * A failure in words for the person at the terminal, without a stack trace.
 * @param {unknown} error
 */
export function explain(error) {
  const failure = /** @type {NodeJS.ErrnoException} */ (error);
  if (error instanceof SetupError) return `Set-up failed: ${failure.message}`;
  const advice = ADVICE[failure.code ?? ''];
  if (advice) return `Set-up failed: cannot write ${failure.path ?? 'a file'}: ${advice}.`;
  return `Set-up failed unexpectedly: ${failure.message}`;
}
