import { randomInt, randomUUID } from 'node:crypto';
import type { BodySource } from './load.js';

export interface InteractionsOptions {
  conversations: string[];
  /** Interactions in one body. */
  batch: number;
}

/** Bodies of `POST /interactions`: new interactions of now, of any conversation, in both directions. */
export function createSource({ conversations, batch }: InteractionsOptions): BodySource {
  const prefix = `wamid.${randomUUID()}`;
  let made = 0;
  const interaction = (at: string) => {
    const conversation = conversations[randomInt(conversations.length)];
    const direction = made % 2 === 0 ? 'inbound' : 'outbound';
    return `{"id":"${prefix}.${made++}","conversationId":"${conversation}","direction":"${direction}","at":"${at}"}`;
  };
  return () => {
    const at = new Date().toISOString();
    return `{"interactions":[${Array.from({ length: batch }, () => interaction(at)).join(',')}]}`;
  };
}
