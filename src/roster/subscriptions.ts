/**
 * What sockets are subscribed to: between gateways and the live roster.
 *
 * Who calls: the gateways of the dashboard and the inbox. Guaranteed: a socket's first frame follows its answer
 * without a gap and never overtakes it; a socket that is gone is subscribed to nothing.
 */
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ResyncReason } from '#contracts';
import type { AgentSocket } from '../access/socket-data.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { Answer } from '../platform/realtime/acknowledgement.js';
import { FrameSink } from '../platform/realtime/frame-sink.js';
import type { Beginning } from './audience/audience.js';
import type { Subscription } from './audience/audiences.js';
import { LiveRoster } from './live-roster.js';
import { unavailable } from './roster.loader.js';

const MAX_PER_SOCKET = 50;

@Injectable()
export class Subscriptions {
  private readonly names = new WeakMap<AgentSocket, Set<string>>();

  constructor(private readonly roster: LiveRoster) {}

  /**
   * The beginning of a view; its frames follow. `what` distinguishes what is shown from anything else. `isAllowed`
   * is asked once more when the view is ready: rights may have changed meanwhile.
   */
  async begin(
    socket: AgentSocket,
    what: unknown[],
    { view, known, isAllowed }: Pick<Subscription, 'view' | 'known'> & { isAllowed: () => boolean },
  ): Promise<Answer<Beginning>> {
    const { workspaceId } = socket.data.authority;
    const name = audienceName(workspaceId, socket.nsp.name, what);
    const names = this.namesOf(socket);
    if (!names.has(name) && names.size >= MAX_PER_SOCKET) throw tooMany();
    const viewer = FrameSink.of(socket);
    const beginning = await this.roster.subscribe(workspaceId, viewer, {
      name,
      namespace: socket.nsp.name,
      view,
      known,
    });
    names.add(name);
    if (!isAllowed()) {
      this.end(socket, name);
      throw unavailable();
    }
    return new Answer(beginning, () => this.roster.activate(workspaceId, viewer, name));
  }

  /** Ends one subscription, or all; one that isn't there is ended already. */
  end(socket: AgentSocket, name?: string): void {
    this.roster.leave(socket.data.authority.workspaceId, socket.id, name);
    if (name === undefined) this.names.delete(socket);
    else this.names.get(socket)?.delete(name);
  }

  /** Ends all subscriptions and asks to begin them again. */
  restart(socket: AgentSocket, reason: ResyncReason): void {
    const names = [...this.namesOf(socket)];
    this.end(socket);
    for (const subscription of names) FrameSink.of(socket).tell('resync', { subscription, reason });
  }

  /** What the socket is subscribed to: less than it began, if something ended by itself. */
  private namesOf(socket: AgentSocket): Set<string> {
    const names = this.names.get(socket) ?? new Set();
    this.names.set(socket, names);
    const { workspaceId } = socket.data.authority;
    for (const name of names) if (!this.roster.isSubscribed(workspaceId, socket.id, name)) names.delete(name);
    return names;
  }
}

/** The same for all sockets that see the same, and saying nothing of what they see. */
function audienceName(...what: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('base64url').slice(0, 22);
}

/** The socket's rights changed, or it unsubscribed, while the subscription was under way. */
function endedMeanwhile(): ProblemException {
  return new ProblemException('live_unavailable', 'The subscription was ended while it began; subscribe again.');
}

function tooMany(): ProblemException {
  return new ProblemException(
    'too_many_requests',
    `A socket holds ${MAX_PER_SOCKET} subscriptions; unsubscribe first.`,
  );
}
