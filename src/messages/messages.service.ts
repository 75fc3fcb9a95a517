/**
 * What was said in conversations: read through the privacy gate, and answered.
 *
 * Guaranteed: an answer that was accepted is stored with the order to send it, in one transaction that holds the
 * conversation, so that answers are sent in the order they were accepted.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { MessageView, Page } from '#contracts';
import { type Authority, requirePermission } from '../access/authority.js';
import type { Conversation } from '../conversations/conversation.entity.js';
import { SERVICE_WINDOW_MS } from '../conversations/conversation-view.queries.js';
import { alreadyResolved, ConversationsService } from '../conversations/conversations.service.js';
import { Clock } from '../platform/clock.js';
import { Database, sql } from '../platform/database/database.js';
import { notFound, ProblemException } from '../platform/errors/problem.exception.js';
import { EventBus } from '../platform/events/event-bus.js';
import { toPage } from '../platform/http/page.js';
import { newId } from '../platform/ids.js';
import { Outbox } from '../platform/outbox/outbox.js';
import { ContactGate, type Viewer } from '../privacy/contact-gate.js';
import { PhoneVault } from '../privacy/phone-vault.js';
import { MESSAGE_SQL, messagePage, type MessageRow, toMessageView } from './message.queries.js';
import { QUEUED } from './message-status.rule.js';
import type { CreateMessageRequest, ListMessagesQuery } from './messages.dto.js';
import { SEND } from './sending/message-sender.js';

/**
 * The number of ours to answer from: the one the customer wrote to last; where that isn't known the team's, or the only
 * one there is. It must have a token. `$1`: workspace, `$2`: conversation, `$3`: team.
 */
const CHANNEL_SQL = `
with last as (
  select channel_id from message
  where conversation_id = $2 and direction = 'inbound' and channel_id is not null order by at desc, id limit 1
)
select id from channel
where workspace_id = $1 and token_cipher is not null and case
  when exists (select from last) then id = (select channel_id from last)
  else team_id = $3 or (select count(*) from channel where workspace_id = $1) = 1
end
order by team_id is not distinct from $3 desc, created_at, id limit 1`;

const INSERT_SQL = `
insert into message (id, workspace_id, conversation_id, channel_id, agent_id, direction, kind, body_cipher, progress, at,
  status_at, created_at)
values ($1, $2, $3, $4, $5, 'outbound', 'text', $6, ${QUEUED}, $7, $7, $7)`;

@Injectable()
export class MessagesService {
  constructor(
    private readonly database: Database,
    private readonly conversations: ConversationsService,
    private readonly gate: ContactGate,
    private readonly vault: PhoneVault,
    private readonly outbox: Outbox,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  /** Throws 404 when there is no such conversation. */
  async list(viewer: Authority, conversationId: string, query: ListMessagesQuery): Promise<Page<MessageView>> {
    const { workspaceId } = viewer;
    const { text, values } = messagePage(workspaceId, conversationId, query);
    const { rows } = await this.database.of(workspaceId).query<MessageRow>(text, values);
    if (rows.length === 0) await this.conversations.viewFor(viewer, conversationId);
    return toPage(
      rows,
      query.limit,
      (row) => toMessageView(row, viewer, this.gate),
      (row) => row.cursor,
    );
  }

  /** The message as the viewer may see it. Throws 404. */
  async viewFor(viewer: Viewer & Pick<Authority, 'workspaceId'>, id: string): Promise<MessageView> {
    const { rows } = await this.database
      .of(viewer.workspaceId)
      .query<MessageRow>(MESSAGE_SQL, [viewer.workspaceId, id]);
    if (!rows[0]) throw notFound('message');
    return toMessageView(rows[0], viewer, this.gate);
  }

  /** Answers the customer. 403, or 409 `conversation_resolved`, `window_closed`, `channel_missing`. */
  async create(caller: Authority, conversationId: string, { text }: CreateMessageRequest): Promise<MessageView> {
    const { workspaceId } = caller;
    const id = newId();
    const assigneeId = await this.database.transaction(workspaceId, async (em) => {
      const conversation = await this.conversations.lock(em, conversationId);
      const now = this.clock.date();
      requireAnswering(caller, conversation);
      requireOpenWindow(conversation, now);
      const channelId = await this.requireChannel(em, conversation);
      const sealed = this.vault.seal('message', workspaceId, text);
      await sql(em, INSERT_SQL, [id, workspaceId, conversationId, channelId, caller.agentId, sealed, now]);
      await this.outbox.add(em, workspaceId, SEND, [conversationId]);
      return conversation.assigneeId;
    });
    const message = { id, conversationId, assigneeId, isNew: true };
    await this.bus.publish('message.changed', { workspaceId, messages: [message] });
    return this.viewFor(caller, id);
  }

  private async requireChannel(em: EntityManager, { workspaceId, id, teamId }: Conversation): Promise<string> {
    const [channel] = await sql<{ id: string }>(em, CHANNEL_SQL, [workspaceId, id, teamId]);
    if (channel) return channel.id;
    const detail =
      'No WhatsApp number with a token belongs to this conversation; connect one at POST /api/v1/channels.';
    throw new ProblemException('channel_missing', detail);
  }
}

/** One's own with `inbox.reply`; others' and nobody's only with `inbox.assign`, too: whoever answers has taken it. */
function requireAnswering(caller: Authority, conversation: Conversation): void {
  requirePermission(caller, 'inbox.reply');
  if (conversation.assigneeId !== caller.agentId) requirePermission(caller, 'inbox.assign');
  if (conversation.status === 'resolved') throw alreadyResolved();
}

/** WhatsApp takes free texts only within a day of the customer's last message. */
function requireOpenWindow({ lastInboundAt }: Conversation, now: Date): void {
  if (lastInboundAt && lastInboundAt.getTime() + SERVICE_WINDOW_MS > now.getTime()) return;
  const since = lastInboundAt ? 'The customer wrote more than 24 hours ago' : 'The customer has not written yet';
  const detail = `${since}: WhatsApp takes only template messages until they write. Send a template at Meta, or wait.`;
  throw new ProblemException('window_closed', detail);
}
