import type { ConversationView } from '#contracts';
import type { Simulation } from '../floor/simulation.js';
import type { Conversations } from './conversations.js';
import type { Directory, Entry } from './directory.js';

/** A conversation that had no message for so long is closed instead of gone on with. */
const STALE_MS = 10 * 60_000;

/** What keeping in step needs. */
export interface ReconcilerParts {
  directory: Directory;
  simulation: Simulation;
  conversations: Conversations;
  /** Closes a conversation that nobody will go on with. */
  close: (conversation: ConversationView) => void;
}

/**
 * Keeps the simulation in step with what Muster says about the open conversations. Somebody may close, take or release
 * one in the console; a run before this one, or a message that came after its conversation was closed, leaves one
 * open. Without this they would pile up. Leaves alone what a call is under way for.
 */
export class Reconciler {
  constructor(private readonly parts: ReconcilerParts) {}

  /** Takes over what is open from before, or closes it. */
  async resume(): Promise<number> {
    const open = await this.parts.directory.open();
    for (const [customer, conversation] of open) this.takeOver(customer, conversation);
    return open.size;
  }

  /** One look at everything that is open. What changed while looking is left for the next look. */
  async look(): Promise<void> {
    const { directory } = this.parts;
    const before = directory.all().map((entry) => ({ entry, id: entry.id, assigneeId: entry.assigneeId }));
    const quiet = before.filter(({ entry, id }) => id && !this.busy(entry));
    const open = await directory.open();
    for (const { entry, assigneeId } of quiet) {
      const unchanged = directory.get(entry.chat.id) === entry && entry.assigneeId === assigneeId && !this.busy(entry);
      if (unchanged) this.compare(entry, open.get(entry.chat.customer));
    }
    const known = new Set([...before.map(({ entry }) => entry), ...directory.all()].map(({ chat }) => chat.customer));
    for (const [customer, conversation] of open) if (!known.has(customer)) this.takeOver(customer, conversation);
  }

  private compare(entry: Entry, conversation: ConversationView | undefined): void {
    const { directory, simulation } = this.parts;
    if (conversation?.id !== entry.id) {
      directory.remove(entry.chat);
      return simulation.ended(entry.chat.id);
    }
    const assigneeId = conversation.assignee?.id ?? null;
    if (assigneeId === entry.assigneeId) return;
    entry.assigneeId = assigneeId;
    if (assigneeId) simulation.assigned(entry.chat.id, assigneeId);
    else simulation.released(entry.chat.id);
  }

  private takeOver(customer: number, conversation: ConversationView): void {
    const { id, team, assignee, waitingSince } = conversation;
    const last = Date.parse(conversation.lastMessageAt ?? conversation.createdAt);
    if (!team || Date.now() - last > STALE_MS) return this.parts.close(conversation);
    const agentId = assignee?.id ?? null;
    const chat = this.parts.simulation.adopt({ customer, team, agentId, waiting: waitingSince !== null });
    if (chat) this.parts.directory.add(chat, id, agentId);
  }

  private busy(entry: Entry): boolean {
    return this.parts.conversations.busy(entry.chat.id);
  }
}
