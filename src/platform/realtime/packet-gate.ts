/**
 * What stands between a socket's packets and the handlers: bounded in number, known by name. A refused packet is
 * acknowledged with a problem and reaches no handler; it closes nothing.
 */
import { ProblemException } from '../errors/problem.exception.js';
import { toProblemException } from '../errors/to-problem.js';
import { newId } from '../ids.js';
import { acknowledgeOf } from './acknowledgement.js';
import type { RealtimeSocket } from './socket.js';

/** `take` counts a packet, and throws when it is one too many. */
export function guardPackets(socket: RealtimeSocket, take: () => void): void {
  socket.use(([event, ...args], next) => {
    try {
      take();
      requireKnown(socket, event);
    } catch (error) {
      acknowledgeOf(args)({ ok: false, error: toProblemException(error).toProblem(newId()) });
      return;
    }
    next();
  });
}

function requireKnown(socket: RealtimeSocket, event: string): void {
  const isOwn = event === 'disconnect' || event === 'disconnecting' || event === 'error';
  if (socket.listenerCount(event) > 0 && !isOwn) return;
  throw new ProblemException('unknown_event', `${socket.nsp.name} knows no such event; see /asyncapi.json.`);
}
