/**
 * The outbound gate in front of HTTP answers.
 *
 * Who calls: Fastify, right before an answer is handed to the connection, and for each chunk of a streamed one.
 * Guaranteed: an answer made under an authority that no longer holds is withheld; who asked is told why they may not
 * ask any more, or to ask again. What was written by then is written: `access_changed` says so. Answers without a body
 * say nothing and always pass, and so do refusals.
 */
import { pipeline, Readable, Transform } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { accessChanged } from '../../platform/errors/problem.exception.js';
import { PROBLEM_TYPE } from '../../platform/errors/problem.filter.js';
import { toProblemException } from '../../platform/errors/to-problem.js';
import type { AuthorizedRequest } from '../access.guard.js';
import type { Authenticator } from '../authenticator.js';
import { type Authority, requirePermission } from '../authority.js';
import type { AccessRule } from '../requires.decorator.js';
import type { OutboundGate } from './outbound-gate.js';

/** An answer that is about to be sent. */
interface Outgoing {
  caller: Authority;
  rule: AccessRule;
  /** Whether the call could have written something. */
  isWrite: boolean;
}

/** Rights may change again while they are read. */
const ATTEMPTS = 3;

/** Puts the gate in front of every answer of the server. Register it last: what changes answers comes before. */
export function addHttpGate(server: FastifyInstance, gate: OutboundGate, authenticator: Authenticator): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    const { caller, rule } = request as AuthorizedRequest;
    if (!caller || !rule || rule.endsCaller || isHarmless(reply, payload)) return done(null, payload);
    if (payload instanceof Readable)
      return done(
        null,
        gated(payload, () => gate.permits(caller)),
      );
    if (gate.permits(caller)) return done(null, payload);
    const isWrite = request.method !== 'GET' && request.method !== 'HEAD';
    askAgain({ caller, rule, isWrite }, gate, authenticator).then(
      () => done(null, payload),
      (error: unknown) => done(null, refuse(reply, error, request.id)),
    );
  });
}

/**
 * Resolves in the tick in which the answer may be sent after all; rejects with what is to be said instead: of a read
 * why it is refused now, of a write that it is written.
 */
async function askAgain(outgoing: Outgoing, gate: OutboundGate, authenticator: Authenticator): Promise<void> {
  const { caller, rule, isWrite } = outgoing;
  try {
    // A node that was held up has to hold its lease again. One wait: who asked waits no longer than a lease lasts.
    await gate.untilOpen();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const now = await authenticator.reread(caller.credential);
      if (rule.kind === 'permission') requirePermission(now, ...rule.anyOf);
      if (saysTooMuch(outgoing, now)) break;
      if (gate.permits(now)) return;
    }
  } catch (error) {
    if (!isWrite) throw error;
  }
  throw accessChanged({ isWritten: isWrite });
}

/** What was found for the caller of before may hold what the caller of now may not see. */
function saysTooMuch({ caller, isWrite }: Outgoing, now: Authority): boolean {
  const isHidden = now.hidePhone && !caller.hidePhone;
  return isHidden || (!isWrite && !caller.permissions.isSubsetOf(now.permissions));
}

function isHarmless(reply: FastifyReply, payload: unknown): boolean {
  return reply.statusCode >= 400 || payload === null || payload === undefined || payload === '';
}

/** The stream, for as long as its chunks may be sent; then the connection ends. */
function gated(stream: Readable, mayPass: () => boolean): Readable {
  const gate = new Transform({
    transform: (chunk: unknown, _encoding, pass) => (mayPass() ? pass(null, chunk) : pass(accessChanged())),
  });
  return pipeline(stream, gate, () => undefined);
}

function refuse(reply: FastifyReply, error: unknown, requestId: string): string {
  const problem = toProblemException(error);
  void reply.status(problem.status).header('Content-Type', PROBLEM_TYPE).removeHeader('ETag');
  return JSON.stringify(problem.toProblem(requestId));
}
