import type { Id, MessageView } from '#contracts';
import type { ChatRef } from '../floor/intents.js';
import type { Random } from '../random.js';
import type { FakeCloudApi, TakenMessage } from '../whatsapp/fake-cloud-api.js';
import { ANSWERS } from '../whatsapp/phrases.js';
import type { TrafficCounts } from './counts.js';

/** Answers a customer as the agent who has the conversation. */
type SendAs = (agentId: Id, conversationId: Id, text: string) => Promise<MessageView>;

interface AnswerParts {
  api: FakeCloudApi;
  sendAs: SendAs;
  random: Random;
  counts: TrafficCounts;
  onError: (error: unknown) => void;
}

/**
 * What agents answer, the whole way: from the agent's own session to Muster, and from there to the Cloud API of the demo,
 * which reports what became of it.
 */
export class Answers {
  /** Muster's ids by chat and message. */
  private readonly ids = new Map<number, Map<number, Id>>();
  private readonly taken = new Map<Id, TakenMessage>();

  constructor(private readonly parts: AnswerParts) {
    parts.api.onTaken = (message) => {
      const id = message.reference?.replace('muster:', '');
      if (id) this.taken.set(id, message);
    };
  }

  add(chat: ChatRef, message: number, agentId: Id, conversationId: Id): void {
    const { random, counts, onError } = this.parts;
    this.parts.sendAs(agentId, conversationId, random.pick(ANSWERS)).then(({ id }) => {
      counts.outbound += 1;
      this.ids.set(chat.id, (this.ids.get(chat.id) ?? new Map<number, Id>()).set(message, id));
    }, onError);
  }

  /** What WhatsApp took of it; undefined: nothing yet. */
  takenOf(chat: ChatRef, message: number): TakenMessage | undefined {
    const id = this.ids.get(chat.id)?.get(message);
    return id === undefined ? undefined : this.taken.get(id);
  }

  /** The conversation is over. */
  forget(chat: ChatRef): void {
    for (const id of this.ids.get(chat.id)?.values() ?? []) this.taken.delete(id);
    this.ids.delete(chat.id);
  }
}
