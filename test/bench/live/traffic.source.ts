import { randomUUID } from 'node:crypto';
import type { BodySource } from '../support/load.js';
import { pick, type Traffic } from './traffic.js';

export interface TrafficOptions {
  traffic: Traffic;
  conversations: string[];
}

/** Bodies of `POST /interactions`: new interactions of now, in both directions, as the traffic has them. */
export function createSource({ traffic: { seed, batch }, conversations }: TrafficOptions): BodySource {
  const prefix = `wamid.${randomUUID()}`;
  let made = 0;
  const interaction = (at: string) => {
    const n = made++;
    const conversation = conversations[pick(seed, n, conversations.length)];
    const direction = n % 2 === 0 ? 'inbound' : 'outbound';
    return `{"id":"${prefix}.${n}","conversationId":"${conversation}","direction":"${direction}","at":"${at}"}`;
  };
  return () => {
    const at = new Date().toISOString();
    return `{"interactions":[${Array.from({ length: batch }, () => interaction(at)).join(',')}]}`;
  };
}
