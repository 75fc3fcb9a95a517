import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';

/** What takes longer is a long export or a client that doesn't read; both notice that the answer is not whole. */
const PATIENCE_MS = 10_000;

/**
 * The requests that this node is answering.
 *
 * Who calls: the server, for each request. Guaranteed: a node that stops cuts off no answer that is ready within ten
 * seconds, and waits for no client longer than that: afterwards every connection is ended (`forceCloseConnections`).
 */
@Injectable()
export class RequestsUnderWay implements BeforeApplicationShutdown {
  private readonly answers = new Set<ServerResponse>();

  add(answer: ServerResponse): void {
    this.answers.add(answer);
    answer.once('close', () => this.answers.delete(answer));
  }

  async beforeApplicationShutdown(): Promise<void> {
    const over = Promise.allSettled([...this.answers].map((answer) => once(answer, 'close')));
    await Promise.race([over, delay(PATIENCE_MS, undefined, { ref: false })]);
  }
}
