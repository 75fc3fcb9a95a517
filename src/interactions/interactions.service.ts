import { Injectable } from '@nestjs/common';
import type { IngestAnswer } from '#contracts';
import { Clock } from '../platform/clock.js';
import { validationFailed } from '../platform/errors/problem.exception.js';
import { Metrics } from '../platform/telemetry/metrics.js';
import { PhoneVault } from '../privacy/phone-vault.js';
import { agentNotFound, conversationNotFound, type Interaction, readInteractions } from './interaction-input.js';
import { InteractionWriter } from './interaction-writer.js';
import type { Outcome } from './record.queries.js';

@Injectable()
export class InteractionsService {
  private readonly counter;

  constructor(
    private readonly writer: InteractionWriter,
    private readonly vault: PhoneVault,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    const help = 'Interactions that came in by the batch API, by what became of them';
    this.counter = metrics.counter('muster_interactions_total', help, ['outcome']);
  }

  /** Takes a batch. What it answers as accepted is durable and counted. 422 when the body isn't of the form. */
  async ingest(workspaceId: string, body: unknown): Promise<IngestAnswer> {
    const input = readInteractions(body, this.clock.now());
    if (!input.ok) throw validationFailed(input.errors);
    const outcomes = await this.writer.record(
      workspaceId,
      input.interactions.map((one) => ({ ...one, id: this.vault.interactionKey(workspaceId, one.id) })),
    );
    const answer: IngestAnswer = { accepted: 0, duplicates: 0, rejected: [...input.rejected] };
    outcomes.forEach((outcome, position) => note(answer, outcome, input.interactions[position]));
    answer.rejected.sort((a, b) => a.index - b.index);
    this.count(answer);
    return answer;
  }

  private count({ accepted, duplicates, rejected }: IngestAnswer): void {
    this.counter.inc({ outcome: 'accepted' }, accepted);
    this.counter.inc({ outcome: 'duplicate' }, duplicates);
    this.counter.inc({ outcome: 'rejected' }, rejected.length);
  }
}

function note(answer: IngestAnswer, outcome: Outcome, interaction: Interaction | undefined): void {
  const index = interaction?.index ?? -1;
  if (outcome === 'accepted') answer.accepted++;
  else if (outcome === 'duplicate') answer.duplicates++;
  else answer.rejected.push(outcome === 'agent_not_found' ? agentNotFound(index) : conversationNotFound(index));
}
