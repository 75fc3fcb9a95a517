import type { LimitFunction } from 'p-limit';
import type { Availability, Id, MessageView } from '#contracts';
import { connectInbox, type InboxConnection, isTransient, MusterApi } from '#client';
import type { Courier } from './courier.js';

/** What a desk is made of. */
export interface DeskParts {
  url: string;
  email: string;
  password: string;
  courier: Courier;
  /** Bounds how many sign in at the same time: each login costs the server a password hash. */
  logins: LimitFunction;
  /** Muster does not let this agent in, or threw it out. */
  onRefused: () => void;
}

/**
 * An agent's side of Muster: the session and the inbox tabs of one agent, driven by its acts in their order.
 *
 * Guaranteed: the availability last asked for is told to Muster as soon as a tab is live, also after a reconnection;
 * a session that has ended is not used again.
 */
export class Desk {
  private muster: MusterApi | null = null;
  private readonly tabs = new Map<number, InboxConnection>();
  private wanted: Availability | null = null;
  private told: Availability | null = null;

  constructor(
    readonly agentId: Id,
    private readonly parts: DeskParts,
  ) {}

  /** How many tabs are live. */
  get live(): number {
    return [...this.tabs.values()].filter((tab) => tab.current.status === 'live').length;
  }

  async open(tab: number): Promise<void> {
    if (this.tabs.has(tab)) return;
    try {
      const connection = connectInbox((this.muster ??= await this.signIn()));
      this.tabs.set(tab, connection);
      connection.subscribe(() => this.watch(connection));
    } catch (error) {
      this.parts.onRefused();
      throw error;
    }
  }

  close(tab: number, clean: boolean): void {
    const connection = this.tabs.get(tab);
    this.tabs.delete(tab);
    if (clean) connection?.close();
    else connection?.abandon();
  }

  closeAll(): void {
    for (const tab of [...this.tabs.keys()]) this.close(tab, true);
  }

  become(availability: Availability): void {
    this.wanted = availability;
    for (const connection of this.tabs.values()) this.watch(connection);
  }

  /** Answers a customer, as somebody who is signed in. */
  async answer(conversationId: Id, text: string): Promise<MessageView> {
    const { muster } = this;
    if (!muster) throw new Error('The agent is not signed in.');
    return this.parts.courier.send(() => muster.messages.create(conversationId, { text }));
  }

  async logout(): Promise<void> {
    this.closeAll();
    const { muster } = this;
    this.muster = null;
    if (muster) await this.parts.courier.send(() => muster.auth.logout());
  }

  private signIn(): Promise<MusterApi> {
    const { url, email, password, courier, logins } = this.parts;
    return logins(async () => {
      const muster = new MusterApi({ url });
      await courier.send(() => muster.auth.login({ email, password }));
      return muster;
    });
  }

  private watch(connection: InboxConnection): void {
    const { status, closure } = connection.current;
    if (status === 'live' && this.wanted !== this.told) void this.tell(connection);
    if (closure && closure.code !== 'closed_by_client') this.refused();
  }

  /** One tab tells it. What could not be told is told when a tab is live again. */
  private async tell(connection: InboxConnection): Promise<void> {
    const { wanted, told } = this;
    if (!wanted) return;
    this.told = wanted;
    try {
      await connection.setPresence(wanted);
    } catch (error) {
      this.told = told;
      if (!isTransient(error)) this.refused();
    }
  }

  private refused(): void {
    this.closeAll();
    this.muster = null;
    this.told = null;
    this.parts.onRefused();
  }
}
