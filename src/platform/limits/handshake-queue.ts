/**
 * How many clients a node lets in at a time, so that a whole floor that comes back at once — after a deploy, after a
 * network was away — delays itself and not the requests of others.
 *
 * Who calls: the socket server before it upgrades a connection (`pass`), the namespaces' middleware around who may
 * connect (`enter`). Guaranteed: clients are let in in the order they came; a few upgrades in each turn of the event
 * loop, so many handshakes at a time; one that would have waited for longer than clients do, or finds too many waiting, is
 * told when to come again. A client that says nothing after its upgrade holds nothing up. Must never happen: a client
 * that is let in because it waited (`enter` only decides when it is asked), or a line without an end.
 */
import { Injectable } from '@nestjs/common';
import pLimit, { type LimitFunction } from 'p-limit';
import { Clock } from '../clock.js';
import { Config } from '../config/config.js';
import { ProblemException } from '../errors/problem.exception.js';

/** An upgrade takes about a quarter of a millisecond: others wait for no more than these. */
const UPGRADES_PER_TURN = 8;
/** Clients give up after ten seconds: who waits for half of that is better told. */
const MAX_WAIT_MS = 5_000;
/** Who comes after these would wait for about that long. */
const MAX_LINE = 10_000;
/** When to come again, in seconds. */
export const COME_AGAIN_SECONDS = 2;

@Injectable()
export class HandshakeQueue {
  private readonly line: (() => void)[] = [];
  private passedThisTurn = 0;
  private readonly handshakes: LimitFunction;
  /** By request: how long its upgrade waited. */
  private readonly waits = new WeakMap<object, number>();

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    this.handshakes = pLimit(config.handshakesAtOnce);
  }

  /** How many clients wait. */
  get waiting(): number {
    return this.line.length + this.handshakes.pendingCount;
  }

  /**
   * Calls `go` when the upgrade of `request` may begin: at once, when nobody waits and little is under way. False: too
   * many wait, and it never will be.
   */
  pass(request: object, go: () => void): boolean {
    if (this.line.length >= MAX_LINE) return false;
    const at = this.clock.now();
    this.line.push(() => {
      this.waits.set(request, this.clock.now() - at);
      go();
    });
    this.advance();
    return true;
  }

  /** Runs `work` for the client of `request` in its turn. Throws 429 `too_many_requests` when that came too late. */
  async enter<T>(request: object, work: () => Promise<T>): Promise<T> {
    const at = this.clock.now() - (this.waits.get(request) ?? 0);
    this.waits.delete(request);
    try {
      return await this.handshakes(() => {
        if (this.clock.now() - at > MAX_WAIT_MS) throw tooManyClients();
        return work();
      });
    } finally {
      this.advance();
    }
  }

  /** While those who were let through wait for their handshake, nobody else is: then the end of one goes on from here. */
  private advance(): void {
    while (this.passedThisTurn < UPGRADES_PER_TURN && this.handshakes.pendingCount < this.config.handshakesAtOnce) {
      const go = this.line.shift();
      if (!go) return;
      if (this.passedThisTurn++ === 0) setImmediate(() => this.nextTurn());
      go();
    }
  }

  private nextTurn(): void {
    this.passedThisTurn = 0;
    this.advance();
  }
}

/** `429 too_many_requests`, and when to come again. */
export function tooManyClients(): ProblemException {
  return new ProblemException('too_many_requests', 'Many clients connect right now; connect again in a moment.', {
    retryAfter: COME_AGAIN_SECONDS,
  });
}
