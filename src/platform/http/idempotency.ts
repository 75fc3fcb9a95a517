/**
 * `Idempotency-Key` at the edges of a request: claimed once its caller is known, finished with its answer.
 *
 * Who calls: the guard (`begin`), Fastify before an answer is sent, and Nest for an answer that was given before.
 * Guaranteed: an answer is stored before it is sent; one of our own fault (5xx), or about the credential or its limits,
 * is not, so that the same key may be tried again. The outbound gate comes after all of it, for stored answers too.
 */
import { createHash } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemException } from '../errors/problem.exception.js';
import type { Claim, IdempotencyStore, RequestKey, Sight, StoredAnswer } from './idempotency-store.js';
import { joinTransactions } from './request-context.js';

type Request = FastifyRequest & { rawBody?: Buffer; claim?: Claim };

const logger = new Logger('Idempotency');

const KEY = /^[\x21-\x7e]{1,255}$/;
/** Answers of these are about the moment or full of secrets that end with it: they are given anew each time. */
const NEVER_REPEATED = /^\/api\/v1\/((auth|access)\/|contacts\/[^/]+\/reveal$)/;
/** About the credential, or what it may do just now: another answer is due once that has changed. */
const NOT_STORED = new Set([401, 403, 429]);

/** Whether `Idempotency-Key` is honoured for a request of somebody known. */
export function isRepeatable(method: string, path: string): boolean {
  return method === 'POST' && !NEVER_REPEATED.test(path);
}

/** Claims the request if it has a key. Throws `AnsweredBefore`, or what `IdempotencyStore.claim` refuses. */
export async function begin(
  store: IdempotencyStore,
  request: Request,
  caller: Sight & Pick<RequestKey, 'workspaceId' | 'agentId'>,
): Promise<void> {
  const key = request.headers['idempotency-key'];
  const [path = '', query = ''] = request.url.split('?', 2);
  // As it was routed: an address may be written in many ways.
  const route = decodeURIComponent(path);
  if (key === undefined || !isRepeatable(request.method, route) || isDryRun(request)) return;
  const { workspaceId, agentId } = caller;
  const named = { workspaceId, agentId, route, key: valid(key) };
  const claimed = await store.claim(named, fingerprintOf(request, query), caller);
  if (!('id' in claimed)) throw new AnsweredBefore(claimed);
  request.claim = claimed;
  joinTransactions(async (em) => {
    if (request.claim) await store.apply(em, request.claim);
  });
}

/** Stores the answers of claimed requests. Register it before the outbound gate, which has the last word. */
export function addIdempotency(server: FastifyInstance, store: IdempotencyStore): void {
  server.addHook('onSend', (request: Request, reply, payload, done) => {
    const { claim } = request;
    if (!claim) return done(null, payload);
    delete request.claim;
    settle(store, claim, reply, payload).then(
      () => done(null, payload),
      (error: unknown) => {
        logger.warn({ err: error, requestId: request.id }, 'an answer could not be stored; asked again, it is gone');
        done(null, payload);
      },
    );
  });
}

/** Not an error: the request has its answer. */
export class AnsweredBefore extends Error {
  constructor(readonly answer: StoredAnswer) {
    super('the request was answered before');
  }
}

/** Gives the answer that was given before. */
@Catch(AnsweredBefore)
export class AnsweredBeforeFilter implements ExceptionFilter {
  catch({ answer }: AnsweredBefore, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.status(answer.status).header('Idempotency-Replayed', 'true');
    if (answer.contentType) void reply.header('Content-Type', answer.contentType);
    if (answer.etag) void reply.header('ETag', answer.etag);
    void reply.send(answer.body);
  }
}

function settle(store: IdempotencyStore, claim: Claim, reply: FastifyReply, payload: unknown): Promise<void> {
  const { statusCode: status } = reply;
  const isText = typeof payload === 'string' || payload === null || payload === undefined;
  if (status >= 500 || NOT_STORED.has(status) || !isText) return store.release(claim);
  const contentType = textOf(reply.getHeader('content-type'));
  return store.finish(claim, { status, contentType, etag: textOf(reply.getHeader('etag')), body: payload ?? '' });
}

function textOf(header: unknown): string | null {
  return typeof header === 'string' ? header : null;
}

function isDryRun({ query }: Request): boolean {
  return (query as { dryRun?: unknown }).dryRun === 'true';
}

function fingerprintOf({ rawBody, body }: Request, query: string): Buffer {
  if (!rawBody && body !== undefined && body !== null) {
    throw new ProblemException(
      'bad_request',
      'This call reads its body as it comes, and takes no Idempotency-Key; send it again as a whole.',
    );
  }
  return createHash('sha256')
    .update(`${query}\n`)
    .update(rawBody ?? '')
    .digest();
}

function valid(key: string | string[]): string {
  if (typeof key === 'string' && KEY.test(key)) return key;
  throw new ProblemException('bad_request', 'An Idempotency-Key has 1 to 255 visible ASCII characters.');
}
