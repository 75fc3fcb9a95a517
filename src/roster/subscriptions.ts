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

const MAX_PER_SOCKET = 50;
/** A client that awaits its answer handles what comes in the same packet first: frames keep this distance. */
const FRAMES_AFTER_MS = 10;

@Injectable()
export class Subscriptions {
  /** By socket: names of subscriptions, and whether each has begun. */
  private readonly names = new WeakMap<AgentSocket, Map<string, boolean>>();

  constructor(private readonly roster: LiveRoster) {}

  /** The beginning of a view; its frames follow. `what` distinguishes what is shown from anything else. */
  async begin(
    socket: AgentSocket,
    what: unknown[],
    { view, known }: Pick<Subscription, 'view' | 'known'>,
  ): Promise<Answer<Beginning>> {
    const { workspaceId } = socket.data.authority;
    const name = audienceName(workspaceId, socket.nsp.name, what);
    const names = this.namesOf(socket);
    const isNew = !names.has(name);
    if (isNew && names.size >= MAX_PER_SOCKET) throw tooMany();
    if (isNew) names.set(name, false);
    const viewer = FrameSink.of(socket);
    const subscription: Subscription = { name, namespace: socket.nsp.name, view, known };
    try {
      const { beginning, activate } = await this.roster.subscribe(workspaceId, viewer, subscription);
      if (!names.has(name)) throw endedMeanwhile();
      names.set(name, true);
      return new Answer(beginning, () => void setTimeout(activate, FRAMES_AFTER_MS).unref());
    } catch (error) {
      if (isNew || !names.has(name)) this.end(socket, name);
      throw error;
    }
  }

  /** Ends one subscription, or all; one that isn't there is ended already. */
  end(socket: AgentSocket, name?: string): void {
    this.roster.leave(socket.data.authority.workspaceId, socket.id, name);
    if (name === undefined) this.names.get(socket)?.clear();
    else this.names.get(socket)?.delete(name);
  }

  /** Ends all subscriptions and asks to begin them again. */
  restart(socket: AgentSocket, reason: ResyncReason): void {
    const names = [...this.namesOf(socket).keys()];
    this.end(socket);
    for (const subscription of names) FrameSink.of(socket).tell('resync', { subscription, reason });
  }

  /** What the socket is subscribed to, without what ended by itself. */
  private namesOf(socket: AgentSocket): Map<string, boolean> {
    const names = this.names.get(socket) ?? new Map<string, boolean>();
    this.names.set(socket, names);
    const { workspaceId } = socket.data.authority;
    for (const [name, hasBegun] of names) {
      if (hasBegun && !this.roster.isSubscribed(workspaceId, socket.id, name)) names.delete(name);
    }
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
