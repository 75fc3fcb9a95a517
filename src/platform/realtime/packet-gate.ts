/**
 * What stands between a socket's packets and the handlers: bounded in number, known by name. A refused packet is
 * acknowledged with a problem and reaches no handler; it closes nothing.
 */
import { ProblemException } from '../errors/problem.exception.js';
import { newId } from '../ids.js';
import { acknowledgeOf } from './acknowledgement.js';
import type { RealtimeSocket } from './socket.js';

/** Events a client may send per second, and at once after a silence. */
const PER_SECOND = 50;
const BURST = 100;

export function guardPackets(socket: RealtimeSocket, now: () => number): void {
  const flood = new Allowance(now);
  socket.use(([event, ...args], next) => {
    const refusal = flood.take() ? unknownEvent(socket, event) : tooMany();
    if (!refusal) return next();
    acknowledgeOf(args)({ ok: false, error: refusal.toProblem(newId()) });
  });
}

/** A bucket that fills at `PER_SECOND` up to `BURST`. */
class Allowance {
  private left = BURST;
  private at: number;

  constructor(private readonly now: () => number) {
    this.at = now();
  }

  take(): boolean {
    const now = this.now();
    this.left = Math.min(BURST, this.left + ((now - this.at) / 1_000) * PER_SECOND);
    this.at = now;
    if (this.left < 1) return false;
    this.left--;
    return true;
  }
}

function unknownEvent(socket: RealtimeSocket, event: string): ProblemException | null {
  if (socket.listenerCount(event) > 0 && event !== 'disconnect' && event !== 'disconnecting' && event !== 'error') {
    return null;
  }
  return new ProblemException('unknown_event', `${socket.nsp.name} knows no such event; see /asyncapi.json.`);
}

function tooMany(): ProblemException {
  return new ProblemException('too_many_requests', `Send at most ${PER_SECOND} events a second.`, { retryAfter: 1 });
}
