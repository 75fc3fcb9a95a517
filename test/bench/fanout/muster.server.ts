import { createApp } from '../../../src/app.js';
import { EventBus } from '../../../src/platform/events/event-bus.js';
import { pace, type Paced } from '../support/pace.js';
import { type ProductOptions, productConfig } from '../support/product.js';
import type { RunningServer } from '../support/server.js';

interface Deltas extends Paced {
  workspaceId: string;
  agentId: string;
}

const STATES = ['available', 'away'] as const;

/**
 * A node of the product, and a way to make one delta after the other: an agent's presence changes, told as the service
 * tells it after its commit. From there all is the product's: feed, Redis, projection, audience, frames.
 */
export async function start(options: ProductOptions): Promise<RunningServer> {
  const app = await createApp(productConfig(options));
  await app.listen(0, '127.0.0.1');
  const bus = app.get(EventBus, { strict: false });
  let version = Date.now();
  const deltas = (argument: unknown) => {
    const { workspaceId, agentId, ...plan } = argument as Deltas;
    return pace(plan, (n) => {
      const state = STATES[n % STATES.length] ?? 'away';
      const presence = { agentId, state, availability: state, connected: true, since: Date.now(), version: ++version };
      void bus.publish('presence.changed', { workspaceId, presences: [presence] });
    });
  };
  return { port: Number(new URL(await app.getUrl()).port), close: () => app.close(), methods: { deltas } };
}
