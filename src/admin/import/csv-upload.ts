/**
 * A file that came as the body of a request.
 *
 * Guaranteed: at most one chunk of it is in memory; it is UTF-8; nothing is left of it after `close`, nor after a
 * crash, for it has no name on the disk. It is received whole before anybody reads it, so that a slow reader can't run
 * into the time limit of the request.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { ProblemException, validationFailed } from '../../platform/errors/problem.exception.js';

/** 100,000 rows with notes of 500 characters. */
const MAX_BYTES = 64 * 1024 * 1024;
const CHUNK = 64 * 1024;

export class CsvUpload {
  private constructor(private readonly file: FileHandle) {}

  /** 413 `payload_too_large`, 415 `unsupported_media_type`, 422 `encoding_invalid`. */
  static async receive(body: unknown): Promise<CsvUpload> {
    if (!(body instanceof Readable)) {
      throw new ProblemException('unsupported_media_type', 'Send the file with the header Content-Type: text/csv.');
    }
    const file = await openNameless();
    try {
      await store(body, file);
      return new CsvUpload(file);
    } catch (error) {
      // Or the rest would stand in the way of what else comes over the connection.
      body.resume();
      await file.close();
      throw body.readableAborted ? new ProblemException('bad_request', 'The file was cut off; send it again.') : error;
    }
  }

  /** Its first bytes. */
  async head(bytes: number): Promise<string> {
    const { buffer, bytesRead } = await this.file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  }

  /** All of it, from the beginning. */
  read(): Readable {
    return Readable.from(this.chunks(), { objectMode: false });
  }

  close(): Promise<void> {
    return this.file.close();
  }

  /** By position, so that it can be read again; a stream of the file's own would close it. */
  private async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    for (let position = 0; ;) {
      const { buffer, bytesRead } = await this.file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, position);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      position += bytesRead;
    }
  }
}

async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `muster-import-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

/** Stops reading where the file is refused; ending the stream would end the connection before the answer. */
async function store(body: Readable, file: FileHandle): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new ProblemException('payload_too_large', 'A file has at most 64 MB; split it.');
    requireUtf8(decoder, chunk);
    await file.writeFile(chunk);
  }
  requireUtf8(decoder);
}

function requireUtf8(decoder: TextDecoder, chunk?: Buffer): void {
  try {
    decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    const detail = 'This is no text in UTF-8; save the file as “CSV UTF-8”.';
    throw validationFailed([{ pointer: '', code: 'encoding_invalid', detail }]);
  }
}
