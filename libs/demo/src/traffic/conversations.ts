import type { AssignRequest, ConversationView } from '#contracts';
import { type MusterApi, MusterProblem } from '#client';
import type { Intent } from '../floor/intents.js';
import type { Simulation } from '../floor/simulation.js';
import type { TrafficCounts } from './counts.js';
import type { Courier } from './courier.js';
import type { Directory, Entry } from './directory.js';
import { Lanes } from './lanes.js';

/** The intents that are calls about one conversation. */
type ConversationIntent = Extract<
  Intent,
  { kind: 'chat.assign' } | { kind: 'chat.release' } | { kind: 'chat.resolve' }
>;

/** What the calls about conversations need. */
export interface ConversationParts {
  muster: MusterApi;
  courier: Courier;
  directory: Directory;
  simulation: Simulation;
  counts: TrafficCounts;
  onError: (error: unknown) => void;
}

/**
 * Assigns, releases and resolves conversations, those of one in their order, and tells the simulation how Muster
 * decided. A conversation that somebody else has closed or taken is theirs.
 */
export class Conversations {
  private readonly lanes: Lanes<number>;

  constructor(private readonly parts: ConversationParts) {
    this.lanes = new Lanes(parts.onError);
  }

  /** Whether a call about this one is under way. */
  busy(chatId: number): boolean {
    return this.lanes.busy(chatId);
  }

  act(intent: ConversationIntent): void {
    this.lanes.run(intent.chat.id, async () => {
      const entry = await this.parts.directory.find(intent.chat.id);
      if (!entry) return this.gone(intent);
      if (intent.kind === 'chat.assign') await this.assign(entry, intent.anyTeam);
      if (intent.kind === 'chat.release') await this.release(entry);
      if (intent.kind === 'chat.resolve') await this.resolve(entry);
    });
  }

  private async assign(entry: Entry & { id: string }, anyTeam: boolean): Promise<void> {
    const { courier, muster, simulation, counts } = this.parts;
    const request: AssignRequest = { strategy: 'least-loaded', ...(!anyTeam && { teamId: entry.chat.teamId }) };
    try {
      this.learn(entry, await courier.send(() => muster.conversations.assign(entry.id, request)));
      counts.assigned += 1;
    } catch (error) {
      if (isProblem(error, 'not_assignable')) counts.refused += 1;
      else if (isProblem(error, 'conversation_resolved', 'not_found')) return this.gone(entry);
      else this.parts.onError(error);
      simulation.refused(entry.chat.id);
    }
  }

  private learn(entry: Entry, { assignee }: ConversationView): void {
    entry.assigneeId = assignee?.id ?? null;
    if (assignee) this.parts.simulation.assigned(entry.chat.id, assignee.id);
    else this.parts.simulation.refused(entry.chat.id);
  }

  private async release(entry: Entry & { id: string }): Promise<void> {
    const { courier, muster } = this.parts;
    entry.assigneeId = null;
    await courier.send(() => muster.conversations.unassign(entry.id));
  }

  private async resolve(entry: Entry & { id: string }): Promise<void> {
    const { courier, muster, counts, directory } = this.parts;
    directory.remove(entry.chat);
    await courier.send(() => muster.conversations.resolve(entry.id));
    counts.resolved += 1;
  }

  private gone({ chat }: Pick<Entry, 'chat'>): void {
    this.parts.directory.remove(chat);
    this.parts.simulation.ended(chat.id);
  }
}

/** Whether Muster refused with one of these codes. */
export function isProblem(error: unknown, ...codes: MusterProblem['code'][]): boolean {
  return error instanceof MusterProblem && codes.includes(error.code);
}
