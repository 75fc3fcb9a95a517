/**
 * Calls to addresses that people entered: the Cloud API of a channel, receivers of webhooks.
 *
 * Who calls: features that send to the outside. Guaranteed: an address is judged when it is connected to, and that very
 * address is connected to, so that a name can't point elsewhere in between; redirects are answers like others; time and
 * size are bounded. A failure says whether the request may have been received. What must never happen: a request to an
 * address that isn't public (see `address.rule.ts`), or a secret of a request in an error.
 */
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { isCallable, mayCall } from './address.rule.js';

export interface OutgoingRequest {
  method: 'POST' | 'GET';
  url: string;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
  /** Of the answer; more ends the call. */
  maxBytes: number;
}

export interface OutgoingAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** `refused`: the address may not be called. `not_sent`: nothing was received. `unknown`: it may have been received. */
export type OutgoingFailure = 'refused' | 'not_sent' | 'unknown';

export class OutgoingError extends Error {
  constructor(
    readonly failure: OutgoingFailure,
    /** The system's code, like `ECONNREFUSED`, or what ended the call. */
    readonly code: string,
  ) {
    super(`an outgoing call failed: ${code}`);
    this.name = 'OutgoingError';
  }
}

@Injectable()
export class OutgoingHttp {
  private readonly toLoopback: boolean;

  constructor(config: Config) {
    this.toLoopback = config.outgoingLoopback;
  }

  /** Whether a call to this URL could be allowed: to refuse it where it is entered. */
  accepts(url: string): boolean {
    return isCallable(url, this.toLoopback);
  }

  /** The answer, whatever its status. Throws `OutgoingError`. */
  send(request: OutgoingRequest): Promise<OutgoingAnswer> {
    if (!this.accepts(request.url)) return Promise.reject(new OutgoingError('refused', 'address'));
    return new Promise((resolve, reject) => this.start(request, resolve, reject));
  }

  private start(
    { method, url, headers, body, timeoutMs, maxBytes }: OutgoingRequest,
    resolve: (answer: OutgoingAnswer) => void,
    reject: (error: OutgoingError) => void,
  ): void {
    const target = new URL(url);
    const isSecure = target.protocol === 'https:';
    let isConnected = false;
    const options: RequestOptions = {
      method,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      lookup: this.lookup(isSecure ? 'https:' : 'http:'),
      // A connection that was kept may be gone without our knowing, and then nobody knows what was received.
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
    };
    const call = (isSecure ? requestHttps : requestHttp)(target, options, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if ((size += chunk.length) > maxBytes) answer.destroy(new OutgoingError('unknown', 'too_large'));
      });
      answer.on('error', fail);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    const fail = (error: Error & { code?: string }): void => {
      if (error instanceof OutgoingError) return reject(error);
      const code = error.name === 'AbortError' || error.name === 'TimeoutError' ? 'timeout' : (error.code ?? 'error');
      reject(new OutgoingError(isConnected ? 'unknown' : 'not_sent', code));
    };
    call.on('socket', (socket: Socket) => {
      socket.once(isSecure ? 'secureConnect' : 'connect', () => (isConnected = true));
    });
    call.on('error', fail);
    // Unheard, it closes the connection without a word: neither an answer nor an error would come, nor the timeout.
    call.on('upgrade', (answer, socket) => {
      socket.destroy();
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: '' });
    });
    call.end(body);
  }

  /** Looks a name up, and lets it through only if every address it has may be called. */
  private lookup(protocol: string): LookupFunction {
    return (hostname, options, answer) => {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        const found: LookupAddress[] = error ? [] : addresses;
        const first = found[0];
        if (error) return answer(error, '');
        if (!first || !found.every(({ address }) => mayCall(address, protocol, this.toLoopback))) {
          return answer(new OutgoingError('refused', 'address'), '');
        }
        if (options.all) answer(null, found);
        else answer(null, first.address, isIP(first.address));
      });
    };
  }
}
