import pLimit from 'p-limit';
import type { Id, MessageView } from '#contracts';
import type { Intent } from '../floor/intents.js';
import { Desk, type DeskParts } from './desk.js';
import { Lanes } from './lanes.js';
import type { DemoAgent } from './workplace.js';

const LOGINS_AT_ONCE = 2;

/** What all desks share. */
export type DesksParts = Pick<DeskParts, 'url' | 'password' | 'courier'> & {
  onRefused: (agentId: Id) => void;
  onError: (error: unknown) => void;
};

/** The intents of agents about themselves. */
type DeskIntent = Extract<
  Intent,
  { kind: 'tab.open' } | { kind: 'tab.close' } | { kind: 'agent.availability' } | { kind: 'agent.logout' }
>;

/** The desks of all agents; each does what it is told in that order, beside the others. */
export class Desks {
  private readonly desks = new Map<Id, Desk>();
  private readonly emails = new Map<Id, string>();
  private readonly lanes: Lanes<Id>;
  private readonly logins = pLimit(LOGINS_AT_ONCE);

  constructor(private readonly parts: DesksParts) {
    this.lanes = new Lanes(parts.onError);
  }

  /** Who may sign in, and with which address. */
  know(agents: readonly DemoAgent[]): void {
    for (const { id, email } of agents) this.emails.set(id, email);
  }

  /** How many agents have a live connection. */
  get live(): number {
    return [...this.desks.values()].filter((desk) => desk.live > 0).length;
  }

  act(intent: DeskIntent): void {
    const desk = this.desk(intent.agentId);
    this.lanes.run(intent.agentId, async () => {
      if (intent.kind === 'tab.open') await desk.open(intent.tab);
      if (intent.kind === 'tab.close') desk.close(intent.tab, intent.clean);
      if (intent.kind === 'agent.availability') desk.become(intent.availability);
      if (intent.kind === 'agent.logout') await desk.logout();
    });
  }

  /** Answers a customer as the agent. */
  answer(agentId: Id, conversationId: Id, text: string): Promise<MessageView> {
    return this.desk(agentId).answer(conversationId, text);
  }

  /** Closes all tabs, cleanly. */
  close(): void {
    for (const desk of this.desks.values()) desk.closeAll();
  }

  private desk(agentId: Id): Desk {
    const known = this.desks.get(agentId);
    if (known) return known;
    const { url, password, courier, onRefused } = this.parts;
    const email = this.emails.get(agentId) ?? '';
    const parts = { url, email, password, courier, logins: this.logins, onRefused: () => onRefused(agentId) };
    const desk = new Desk(agentId, parts);
    this.desks.set(agentId, desk);
    return desk;
  }
}
