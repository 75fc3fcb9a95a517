/**
 * How many sockets one credential may have open on this node, so that one client that never closes what it opens does
 * not take the place of all others.
 *
 * Who calls: the handshake, once it knows whose the socket is. Guaranteed: a socket counts until it is closed, also when
 * it is closed before it was connected.
 */
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { ProblemException } from '../errors/problem.exception.js';
import type { RealtimeSocket } from '../realtime/socket.js';

/** A lost client's sockets are noticed within twenty seconds. */
const COME_AGAIN_SECONDS = 5;

@Injectable()
export class SocketAllowances {
  private readonly open = new Map<string, number>();

  constructor(private readonly config: Config) {}

  /**
   * Counts the socket for the credential. Throws 429 `too_many_sockets` when it has too many. Nothing may be awaited
   * after it but the end of the handshake: a connection that ends before its socket is connected tells nobody.
   */
  take(credentialId: string, socket: RealtimeSocket): void {
    if (socket.conn.readyState !== 'open') return;
    const open = this.open.get(credentialId) ?? 0;
    const limit = this.config.socketsPerCredential;
    if (open >= limit) throw tooMany(limit);
    this.open.set(credentialId, open + 1);
    socket.once('disconnect', () => this.release(credentialId));
  }

  private release(credentialId: string): void {
    const left = (this.open.get(credentialId) ?? 1) - 1;
    if (left > 0) this.open.set(credentialId, left);
    else this.open.delete(credentialId);
  }
}

function tooMany(limit: number): ProblemException {
  return new ProblemException(
    'too_many_sockets',
    `One session or key has at most ${limit} sockets here; close some, or connect with another.`,
    { retryAfter: COME_AGAIN_SECONDS },
  );
}
