import type { Id, InteractionInput } from '#contracts';
import type { MusterApi } from '#client';
import type { TrafficCounts } from './counts.js';
import type { Courier } from './courier.js';

/** Reports what agents answered through the interactions API, in batches, as a chat platform does. */
export class Replies {
  private waiting: InteractionInput[] = [];

  constructor(
    private readonly muster: MusterApi,
    private readonly courier: Courier,
    private readonly counts: TrafficCounts,
    private readonly onError: (error: unknown) => void,
  ) {}

  add(id: string, conversationId: Id, agentId: Id): void {
    this.waiting.push({ id, conversationId, agentId, direction: 'outbound', at: new Date().toISOString() });
  }

  /** Sends what was answered since. */
  flush(): void {
    if (this.waiting.length === 0) return;
    const batch = this.waiting;
    this.waiting = [];
    this.courier
      .send(() => this.muster.interactions.report(batch))
      .then(({ accepted, rejected }) => {
        this.counts.outbound += accepted;
        this.counts.failed += rejected.length;
      }, this.onError);
  }
}
