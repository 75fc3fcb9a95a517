import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { explainFileError } from './launch.error.js';

const ROTATE_AT_BYTES = 16 * 1024 * 1024;

/** What a server writes, in a file that is kept over starts; the one before is kept beside it as `.1`. */
export class ServerLog {
  private from = 0;

  constructor(readonly path: string) {}

  /** Gives `use` a descriptor for a child to write to. */
  handTo<T>(use: (descriptor: number) => T): T {
    this.rotate();
    const descriptor = this.open();
    try {
      this.from = statSync(this.path).size;
      return use(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  /** What was written since the last `handTo`. */
  recent(): string {
    if (!existsSync(this.path)) return '';
    return readFileSync(this.path).subarray(this.from).toString('utf8');
  }

  /** Its last lines, for a message. */
  lastLines(count = 3): string {
    return this.recent().trim().split('\n').slice(-count).join('\n');
  }

  private open(): number {
    try {
      return openSync(this.path, 'a', 0o600);
    } catch (error) {
      throw explainFileError(error, this.path);
    }
  }

  private rotate(): void {
    if (existsSync(this.path) && statSync(this.path).size > ROTATE_AT_BYTES) renameSync(this.path, `${this.path}.1`);
  }
}
