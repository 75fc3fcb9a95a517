/** A failure that is the caller's to solve: its message says how. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** A failure as one line for people. */
export function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, ' ');
}
