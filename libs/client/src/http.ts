/**
 * One HTTP call: authorised, retried where that is safe, and its failures told apart.
 *
 * Guarantees: only GETs, and POSTs under an idempotency key, are repeated, only when the failure is transient, and a
 * bounded number of times; a POST gets a key by itself, so that repeating it has no second effect. A call that answers
 * `token_expired` is repeated once with a renewed token, as it was refused before it did anything.
 */
import { Backoff, type Clock } from './clock.js';
import type { Credentials } from './credentials.js';
import { isProblem, isTransient, MusterProblem, MusterUnreachable } from './errors.js';

export type QueryValue = string | number | boolean | readonly string[] | null | undefined;

/** What every call takes beside its own arguments. */
export interface CallOptions {
  /** Ends the call early. */
  signal?: AbortSignal;
  /** Only if this is still the version: otherwise `stale_version`. */
  ifMatch?: number;
  /** Makes repeating a POST harmless for 24 hours. By default each call has one of its own. */
  idempotencyKey?: string;
}

export interface Call extends CallOptions {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/api/v1`. */
  path: string;
  query?: Readonly<Record<string, QueryValue>>;
  body?: unknown;
  /** Without a token: login and the like. */
  anonymous?: boolean;
  /** With this token, as it is. */
  token?: string;
}

/** Sends one call. */
export type Send = <T>(call: Call) => Promise<T>;

export interface HttpOptions {
  url: string;
  fetch: typeof fetch;
  clock: Clock;
  random: () => number;
  timeoutMs: number;
  retries: number;
}

/** The longest pause a server may ask for before a GET gives up instead. */
const LONGEST_PAUSE_MS = 10_000;

export class Http {
  constructor(
    private readonly options: HttpOptions,
    private readonly credentials: Credentials,
  ) {}

  /** Sends the call; `T` is what contract.md says it answers. */
  async send<T>(unkeyed: Call): Promise<T> {
    const call = keyed(unkeyed);
    const isRepeatable = call.method === 'GET' || (call.method === 'POST' && call.idempotencyKey !== undefined);
    const backoff = new Backoff(400, LONGEST_PAUSE_MS, this.options.random);
    for (let retries = isRepeatable ? this.options.retries : 0; ; retries -= 1) {
      try {
        return (await this.authorised(call)) as T;
      } catch (error) {
        const pauseMs = Math.max(backoff.next(), retryAfterOf(error));
        if (retries <= 0 || !isTransient(error) || pauseMs > LONGEST_PAUSE_MS) throw error;
        await this.pause(pauseMs, call.signal);
      }
    }
  }

  private async authorised(call: Call): Promise<unknown> {
    if (call.anonymous || call.token !== undefined) return this.once(call, call.token ?? null);
    const token = await this.credentials.bearer();
    try {
      return await this.once(call, token);
    } catch (error) {
      if (!token || !isExpiry(error) || !this.credentials.renewable) throw error;
      return this.once(call, await this.credentials.renew(token));
    }
  }

  private async once(call: Call, token: string | null): Promise<unknown> {
    const { response, body } = await this.reach(call, token);
    if (response.ok && body !== NOT_JSON) return body;
    if (isProblem(body)) throw new MusterProblem(body, retryAfter(response));
    throw new MusterUnreachable(
      `${this.options.url} answered ${response.status}, but not as Muster does: is the address right?`,
    );
  }

  private async reach(call: Call, token: string | null): Promise<{ response: Response; body: unknown }> {
    const timeout = AbortSignal.timeout(this.options.timeoutMs);
    const signal = call.signal ? AbortSignal.any([call.signal, timeout]) : timeout;
    const body = call.body === undefined ? null : JSON.stringify(call.body);
    const request = { method: call.method, headers: headersOf(call, token), body, signal };
    try {
      const response = await this.options.fetch(this.address(call), request);
      return { response, body: parse(await response.text()) };
    } catch (cause) {
      if (call.signal?.aborted) throw cause;
      const why = timeout.aborted ? `did not answer within ${this.options.timeoutMs / 1000} s` : `can't be reached`;
      throw new MusterUnreachable(`Muster at ${this.options.url} ${why}`, { cause });
    }
  }

  private address({ path, query = {} }: Call): string {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null) parameters.set(name, String(value));
    }
    return `${this.options.url}/api/v1${path}${parameters.size > 0 ? `?${parameters.toString()}` : ''}`;
  }

  private pause(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const callOff = this.options.clock.after(ms, resolve);
      signal?.addEventListener('abort', () => (callOff(), reject(signal.reason as Error)), { once: true });
    });
  }
}

const NOT_JSON = Symbol('not JSON');

/** What JSON says; not JSON is a symbol. */
export function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return NOT_JSON;
  }
}

/** Calls that have no answer to be given again, and interactions, which have ids of their own. */
const WITHOUT_KEY = /^\/(auth|access|interactions)(\/|$)/;

/** The call with an idempotency key, where that makes repeating it safe. */
function keyed(call: Call): Call {
  const takesKey =
    call.method === 'POST' && !call.anonymous && call.token === undefined && !WITHOUT_KEY.test(call.path);
  return takesKey && call.idempotencyKey === undefined ? { ...call, idempotencyKey: newIdempotencyKey() } : call;
}

/** A key for `idempotencyKey`: 128 random bits. `randomUUID` is missing where a page was loaded without TLS. */
export function newIdempotencyKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function headersOf(call: Call, token: string | null): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json, application/problem+json' };
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  if (token) headers['authorization'] = `Bearer ${token}`;
  if (call.ifMatch !== undefined) headers['if-match'] = `"${call.ifMatch}"`;
  if (call.idempotencyKey) headers['idempotency-key'] = call.idempotencyKey;
  return headers;
}

function retryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : null;
}

function retryAfterOf(error: unknown): number {
  return error instanceof MusterProblem ? (error.retryAfterMs ?? 0) : 0;
}

function isExpiry(error: unknown): boolean {
  return error instanceof MusterProblem && error.code === 'token_expired';
}
