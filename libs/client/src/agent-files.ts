/**
 * Agents as CSV files: streamed in and out, however long that takes.
 *
 * Guarantees: an import that was cut off before it said what came of it, and a file that was cut off before its end,
 * reject. Neither is repeated by itself: an import may be, by the caller, without harm.
 */
import type { AgentImportEvent, Id, ImportDone, ImportProgress, Lifecycle, PresenceState } from '#contracts';
import { MusterProblem, MusterUnreachable } from './errors.js';
import { type Connection, openFile } from './files.js';
import type { CallOptions } from './http.js';

/** A CSV file: text, bytes, a file of a browser or of Node's `openAsBlob`, or a stream. */
export type CsvFile = string | Uint8Array<ArrayBuffer> | Blob | ReadableStream<Uint8Array>;

export type AgentExportParams = {
  q?: string;
  teamId?: Id;
  status?: Lifecycle;
  presence?: PresenceState;
  hidePhone?: boolean;
};

export interface AgentImportOptions extends Pick<CallOptions, 'signal'> {
  /** Only says what would come of it. */
  dryRun?: boolean;
  /** All rows or none; up to 10,000. */
  atomic?: boolean;
  /** Mails an invitation to each new agent; only where mail is configured. */
  invite?: boolean;
  /** Called after each 1,000 rows. */
  onProgress?: (progress: ImportProgress) => void;
}

export function agentFileCalls(connection: Connection) {
  return {
    /**
     * Creates agents from a file, and changes those whose e-mail is known. Resolves when all of it is done; rows that
     * were refused are counted and the first of them listed. A refused file, and an import that could not go on, reject.
     */
    importCsv: async (file: CsvFile, { onProgress, signal, ...how }: AgentImportOptions = {}) => {
      const query = parameters(how);
      const body = { method: 'POST', body: file, headers: { 'content-type': 'text/csv' }, duplex: 'half', signal };
      const response = await openFile(connection, `/agents/import${query}`, body as RequestInit);
      return lastOf(response, connection.url, onProgress);
    },
    /** The agents that the filters leave, as a file that `importCsv` takes back. */
    exportCsv: async (params: AgentExportParams = {}, { signal }: Pick<CallOptions, 'signal'> = {}) => {
      const response = await openFile(connection, `/agents/export${parameters(params)}`, { signal: signal ?? null });
      return response.body as ReadableStream<Uint8Array>;
    },
  };
}

async function lastOf(
  response: Response,
  url: string,
  onProgress: AgentImportOptions['onProgress'],
): Promise<ImportDone> {
  for await (const event of eventsOf(response, url)) {
    if (event.type === 'progress') onProgress?.(event);
    else if (event.type === 'failed') throw new MusterProblem(event.problem);
    else return event;
  }
  throw cutOff(url);
}

async function* eventsOf(response: Response, url: string): AsyncGenerator<AgentImportEvent, void, undefined> {
  const decoder = new TextDecoder();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw cutOff(url, cause);
    });
    const lines = (rest + decoder.decode(value, { stream: !done })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as AgentImportEvent;
    if (done) return;
  }
}

function cutOff(url: string, cause?: unknown): MusterUnreachable {
  const message = `Muster at ${url} did not say what came of the import: import the file again, which is harmless`;
  return new MusterUnreachable(message, { cause });
}

function parameters(params: Record<string, string | boolean | undefined>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== undefined) given.set(name, String(value));
  return given.size > 0 ? `?${given.toString()}` : '';
}
