/**
 * Tells agents' own sockets on `/inbox` which conversations came, went and changed, wherever that happened.
 *
 * Who calls: the gateway, as sockets come and go. Guaranteed: what is committed after a socket connected reaches it,
 * through the feed; when entries may have been missed, the difference is told instead. Each socket gets the
 * conversation through the privacy gate, under an authority read for it. What must never happen: a push to a socket
 * that was not let in, or a view made for another viewer.
 */
import { Injectable, Logger } from '@nestjs/common';
import type { AgentSocket } from '../access/socket-data.js';
import { SocketRegistry } from '../access/socket-registry.js';
import type { ConversationState } from '../conversations/conversation.events.js';
import { ConversationsService } from '../conversations/conversations.service.js';
import { FrameSink } from '../platform/realtime/frame-sink.js';
import type { FeedEntry } from '../roster/feed/feed-entry.js';
import { LiveRoster } from '../roster/live-roster.js';
import type { Projection } from '../roster/projection/projection.js';

type PushEvent = 'conversation.assigned' | 'conversation.unassigned' | 'conversation.updated';

interface Push {
  event: PushEvent;
  agentId: string;
  conversationId: string;
}

interface Listening {
  /** Sockets by agent, each with whether it was let in. */
  sockets: Map<string, Map<AgentSocket, Promise<boolean>>>;
  stop: () => void;
}

/** Rights may change while a view is made under them. */
const ATTEMPTS = 3;

@Injectable()
export class ConversationPush {
  private readonly workspaces = new Map<string, Listening>();
  /** Updates that wait until the one before is sent: one is enough, since each sends what is current. */
  private readonly updating = new Map<string, boolean>();
  private readonly logger = new Logger(ConversationPush.name);

  constructor(
    private readonly live: LiveRoster,
    private readonly registry: SocketRegistry,
    private readonly conversations: ConversationsService,
  ) {}

  /** Called when the socket connects; it is sent nothing unless it is `admitted`. */
  attach(socket: AgentSocket, admitted: Promise<boolean>): void {
    const { workspaceId, agentId } = socket.data.authority;
    const { sockets } = this.listening(workspaceId);
    const own = sockets.get(agentId) ?? new Map<AgentSocket, Promise<boolean>>();
    sockets.set(
      agentId,
      own.set(
        socket,
        admitted.catch(() => false),
      ),
    );
  }

  detach(socket: AgentSocket): void {
    const { workspaceId, agentId } = socket.data.authority;
    const listening = this.workspaces.get(workspaceId);
    const own = listening?.sockets.get(agentId);
    if (!listening || !own?.delete(socket)) return;
    if (own.size === 0) listening.sockets.delete(agentId);
    if (listening.sockets.size > 0) return;
    listening.stop();
    this.workspaces.delete(workspaceId);
  }

  private listening(workspaceId: string): Listening {
    const known = this.workspaces.get(workspaceId);
    if (known) return known;
    const listening: Listening = { sockets: new Map(), stop: () => {} };
    this.workspaces.set(workspaceId, listening);
    listening.stop = this.live.listen(workspaceId, {
      entry: (entry) => this.pushAll(listening, pushesOf(entry)),
      reloaded: (before, after) => this.pushAll(listening, differences(listening.sockets.keys(), before, after)),
    });
    return listening;
  }

  private pushAll(listening: Listening, pushes: Push[]): void {
    for (const push of pushes) {
      const sockets = listening.sockets.get(push.agentId);
      if (sockets) void this.push(push, sockets);
    }
  }

  private async push(push: Push, sockets: Map<AgentSocket, Promise<boolean>>): Promise<void> {
    const key = `${push.agentId} ${push.conversationId}`;
    if (push.event === 'conversation.updated' && this.updating.has(key)) {
      this.updating.set(key, true);
      return;
    }
    this.updating.set(key, false);
    await Promise.all([...sockets].map(([socket, admitted]) => this.send(push, socket, admitted)));
    const isDue = this.updating.get(key);
    this.updating.delete(key);
    if (isDue) await this.push({ ...push, event: 'conversation.updated' }, sockets);
  }

  private async send({ event, conversationId }: Push, socket: AgentSocket, admitted: Promise<boolean>): Promise<void> {
    try {
      if (!(await admitted) || !socket.connected) return;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const authority = await this.registry.require(socket);
        const view = await this.conversations.viewFor(authority, conversationId);
        if (FrameSink.of(socket).tell(event, view, authority)) return;
      }
      // What it misses it would never know of: it has to begin again.
      socket.disconnect(true);
    } catch (error) {
      this.logger.debug(`a conversation was not pushed: ${String(error)}`);
    }
  }
}

function pushesOf(entry: FeedEntry): Push[] {
  return (entry.change.conversations ?? []).flatMap(pushesFor);
}

/** To who had it, who has it now, or who has it still. */
function pushesFor({ id, assigneeId, previousAssigneeId = assigneeId }: ConversationState): Push[] {
  const push = (event: PushEvent, agentId: string | null): Push[] =>
    agentId ? [{ event, agentId, conversationId: id }] : [];
  if (assigneeId === previousAssigneeId) return push('conversation.updated', assigneeId);
  return [...push('conversation.unassigned', previousAssigneeId), ...push('conversation.assigned', assigneeId)];
}

/** What became different for the agents between two loads. */
function differences(agentIds: Iterable<string>, before: Projection, after: Projection): Push[] {
  return [...agentIds].flatMap((agentId) => {
    const [had, has] = [before.conversationsOf(agentId), after.conversationsOf(agentId)];
    const push = (event: PushEvent) => (conversationId: string) => ({ event, agentId, conversationId });
    const ids = [...has.keys()];
    const changed = ids.filter((id) => had.has(id) && had.get(id)?.version !== has.get(id)?.version);
    return [
      ...[...had.keys()].filter((id) => !has.has(id)).map(push('conversation.unassigned')),
      ...ids.filter((id) => !had.has(id)).map(push('conversation.assigned')),
      ...changed.map(push('conversation.updated')),
    ];
  });
}
