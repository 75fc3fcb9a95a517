/** Why something could not be started, in words for the person at the terminal: what is wrong and what to do. */
export class LaunchError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LaunchError';
  }
}

/** The start was given up on request (Ctrl-C while starting); nothing is wrong. */
export class LaunchCancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'LaunchCancelled';
  }
}

const ADVICE: Record<string, string> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'that disk is mounted read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of that path is a file',
  ENOENT: 'no folder can be made there',
  EEXIST: 'there is a file of that name',
};

/** A failure of the file system in words; other failures are passed through as they are. */
export function explainFileError(error: unknown, path: string): unknown {
  const advice = ADVICE[(error as NodeJS.ErrnoException).code ?? ''];
  if (!advice) return error;
  return new LaunchError(`Cannot write to ${path}: ${advice}. Set MUSTER_DATA_DIR to a folder that can be written to.`);
}
