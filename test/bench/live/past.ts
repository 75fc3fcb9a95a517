import { randomUUID } from 'node:crypto';
import { AGENTS, type Stage } from './stage.js';

const MINUTE_MS = 60_000;
const BUCKET_MS = 5_000;
/** Until the run begins, and at its end. */
const MARGIN_MS = 10_000;

/**
 * Gives Muster a minute to look back on: as if the rate had held before, agents' windows slide at each boundary of the
 * run. Waits until the dashboards have it.
 */
export async function fillPast({ floor, muster, audience }: Stage, rate: number, seconds: number): Promise<void> {
  const active = Math.round(AGENTS * (1 - Math.exp((-rate * BUCKET_MS) / 1000 / AGENTS)));
  const conversations = floor.conversations.slice(0, active);
  const first = Date.now() - MINUTE_MS;
  for (let at = first; at < first + seconds * 1000 + MARGIN_MS; at += BUCKET_MS) {
    const time = new Date(at).toISOString();
    const interactions = conversations.map((conversationId) => {
      return { id: randomUUID(), conversationId, direction: 'outbound', at: time };
    });
    const answer = await fetch(`http://127.0.0.1:${muster.server.port}/api/v1/interactions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${floor.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ interactions }),
    });
    if (!answer.ok) throw new Error(`the past was refused: ${answer.status} ${await answer.text()}`);
  }
  await audience.settle();
}
