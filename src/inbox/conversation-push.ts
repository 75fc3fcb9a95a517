/**
 * Tells agents' own sockets on `/inbox` which of their conversations came, went and changed, and what is said in them,
 * wherever that happened.
 *
 * Who calls: the gateway, as sockets come and go. Guaranteed: what is committed after a socket connected reaches it,
 * through the feed; when entries may have been missed, the difference of the conversations is told instead. Each socket
 * gets conversation and message through the privacy gate, under an authority read for it. What must never happen: a push to a socket
 * that was not let in, or a view made for another viewer.
 */
import { Injectable, Logger } from '@nestjs/common';
import type { Authority } from '../access/authority.js';
import type { AgentSocket } from '../access/socket-data.js';
import { SocketRegistry } from '../access/socket-registry.js';
import type { ConversationState } from '../conversations/conversation.events.js';
import { ConversationsService } from '../conversations/conversations.service.js';
import type { MessageChange } from '../messages/message.events.js';
import { MessagesService } from '../messages/messages.service.js';
import { FrameSink } from '../platform/realtime/frame-sink.js';
import { sendAway } from '../platform/realtime/socket.js';
import type { FeedEntry } from '../roster/feed/feed-entry.js';
import { LiveRoster } from '../roster/live-roster.js';
import type { Projection } from '../roster/projection/projection.js';

type PushEvent =
  'conversation.assigned' | 'conversation.unassigned' | 'conversation.updated' | 'message.created' | 'message.updated';

interface Push {
  event: PushEvent;
  agentId: string;
  /** Of the conversation, or the message. */
  id: string;
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
    private readonly messages: MessagesService,
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
    const key = `${push.agentId} ${push.id}`;
    if (push.event.endsWith('.updated') && this.updating.has(key)) {
      this.updating.set(key, true);
      return;
    }
    this.updating.set(key, false);
    await Promise.all([...sockets].map(([socket, admitted]) => this.send(push, socket, admitted)));
    const isDue = this.updating.get(key);
    this.updating.delete(key);
    if (isDue) await this.push({ ...push, event: updateOf(push.event) }, sockets);
  }

  private async send({ event, id }: Push, socket: AgentSocket, admitted: Promise<boolean>): Promise<void> {
    try {
      if (!(await admitted) || !socket.connected) return;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const authority = await this.registry.require(socket);
        const view = await this.viewFor(event, authority, id);
        if (FrameSink.of(socket).tell(event, view, authority)) return;
      }
      // What it misses it would never know of: it has to begin again.
      sendAway(socket);
    } catch (error) {
      this.logger.debug(`a conversation was not pushed: ${String(error)}`);
    }
  }

  private viewFor(event: PushEvent, authority: Authority, id: string): Promise<object> {
    return isAboutMessage(event) ? this.messages.viewFor(authority, id) : this.conversations.viewFor(authority, id);
  }
}

function isAboutMessage(event: PushEvent): boolean {
  return event.startsWith('message.');
}

function updateOf(event: PushEvent): PushEvent {
  return isAboutMessage(event) ? 'message.updated' : 'conversation.updated';
}

function pushesOf(entry: FeedEntry): Push[] {
  const { conversations = [], messages = [] } = entry.change;
  return [...conversations.flatMap(pushesFor), ...messages.flatMap(pushOf)];
}

/** To who has the conversation. */
function pushOf({ id, assigneeId, isNew }: MessageChange): Push[] {
  return assigneeId ? [{ event: isNew ? 'message.created' : 'message.updated', agentId: assigneeId, id }] : [];
}

/** To who had it, who has it now, or who has it still. */
function pushesFor({ id, assigneeId, previousAssigneeId = assigneeId }: ConversationState): Push[] {
  const push = (event: PushEvent, agentId: string | null): Push[] => (agentId ? [{ event, agentId, id }] : []);
  if (assigneeId === previousAssigneeId) return push('conversation.updated', assigneeId);
  return [...push('conversation.unassigned', previousAssigneeId), ...push('conversation.assigned', assigneeId)];
}

/** What became different for the agents between two loads. */
function differences(agentIds: Iterable<string>, before: Projection, after: Projection): Push[] {
  return [...agentIds].flatMap((agentId) => {
    const [had, has] = [before.conversationsOf(agentId), after.conversationsOf(agentId)];
    const push = (event: PushEvent) => (id: string) => ({ event, agentId, id });
    const ids = [...has.keys()];
    const changed = ids.filter((id) => had.has(id) && had.get(id)?.version !== has.get(id)?.version);
    return [
      ...[...had.keys()].filter((id) => !has.has(id)).map(push('conversation.unassigned')),
      ...ids.filter((id) => !had.has(id)).map(push('conversation.assigned')),
      ...changed.map(push('conversation.updated')),
    ];
  });
}
