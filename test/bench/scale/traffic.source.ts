import { randomInt, randomUUID } from 'node:crypto';
import type { BodySource } from '../support/load.js';

export interface TrafficOptions {
  /** Conversations of the teams that are looked at. */
  looked: string[];
  /** And of all the others. */
  others: string[];
  /** Interactions in one body; half of them of each. */
  batch: number;
}

/** Bodies of `POST /interactions`: the same number a second for who looks, whatever else is in the workspace. */
export function createSource({ looked, others, batch }: TrafficOptions): BodySource {
  const prefix = `wamid.${randomUUID()}`;
  let made = 0;
  const interaction = (at: string) => {
    const of = made % 2 === 0 || others.length === 0 ? looked : others;
    const conversationId = of[randomInt(of.length)];
    const direction = Math.floor(made / 2) % 2 === 0 ? 'inbound' : 'outbound';
    return { id: `${prefix}.${made++}`, conversationId, direction, at };
  };
  return () => {
    const at = new Date().toISOString();
    return JSON.stringify({ interactions: Array.from({ length: batch }, () => interaction(at)) });
  };
}
