import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { explainFileError, LaunchError } from './launch.error.js';

/** `sun_path` holds 104 bytes on macOS, 108 on Linux, with the closing zero. */
const LONGEST_SOCKET_PATH = 103;

/**
 * The folder of the embedded services and where things lie in it. The folder itself can be entered by everyone, for
 * PostgreSQL may run as another user; what is private in it (secrets, sockets, each server's data) has its own mode.
 */
export class DataDir {
  readonly path: string;
  readonly locks: string;
  readonly secrets: string;
  readonly records: string;

  private constructor(path: string) {
    this.path = resolve(path);
    this.locks = this.within('locks');
    this.secrets = this.within('secrets');
    this.records = this.within('run');
  }

  /** A folder as it is; nothing in it is made. */
  static at(path: string): DataDir {
    return new DataDir(path);
  }

  /** Makes the folders that are missing; a `LaunchError` says why it can't. */
  static open(path: string): DataDir {
    const dir = new DataDir(path);
    try {
      makeFolder(dir.path, 0o755);
      for (const folder of [dir.locks, dir.secrets, dir.records]) makeFolder(folder, 0o700);
      for (const folder of [dir.path, dir.secrets, dir.records]) accessSync(folder, constants.W_OK);
    } catch (error) {
      throw explainFileError(error, dir.path);
    }
    return dir;
  }

  within(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** A path for a unix socket: in the folder where that is short enough, else in a private one under /tmp. */
  socket(name: string): string {
    const path = join(this.records, name);
    return Buffer.byteLength(path) <= LONGEST_SOCKET_PATH ? path : join(this.shortFolder(), name);
  }

  private shortFolder(): string {
    const user = process.getuid?.() ?? 0;
    const id = createHash('sha256').update(this.path).digest('hex').slice(0, 12);
    const folder = `/tmp/muster-${user}-${id}`;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    // Anyone may make a folder of this name first, and would own the socket in it.
    if (found.isDirectory() && found.uid === user && (found.mode & 0o077) === 0) return folder;
    throw new LaunchError(`${folder} belongs to someone else; set MUSTER_DATA_DIR to a shorter path.`);
  }
}

/** Not mkdir's own recursion: it never ends where a file system has no room for folders, like /proc. */
function makeFolder(path: string, mode: number): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path), 0o755);
  mkdirSync(path, { mode });
}
