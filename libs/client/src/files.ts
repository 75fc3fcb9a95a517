/** Calls that are streamed, in or out, and therefore not sent like the others. */
import type { Credentials } from './credentials.js';
import { isProblem, MusterProblem, MusterUnreachable } from './errors.js';
import { type HttpOptions, parse } from './http.js';

export type Connection = Pick<HttpOptions, 'url' | 'fetch'> & { credentials: Credentials };

/** The answer, once it has begun well; otherwise rejects as every call does. */
export async function openFile(
  { url, fetch: ask, credentials }: Connection,
  path: string,
  init: RequestInit,
): Promise<Response> {
  const token = await credentials.bearer();
  const headers = { ...init.headers, ...(token && { authorization: `Bearer ${token}` }) };
  const response = await ask(`${url}/api/v1${path}`, { ...init, headers }).catch((cause: unknown) => {
    throw init.signal?.aborted ? cause : new MusterUnreachable(`Muster at ${url} can't be reached`, { cause });
  });
  if (response.ok) return response;
  const body = parse(await response.text());
  if (isProblem(body)) throw new MusterProblem(body);
  throw new MusterUnreachable(`${url} answered ${response.status}, but not as Muster does: is the address right?`);
}
