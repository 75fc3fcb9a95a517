import { setTimeout as sleep } from 'node:timers/promises';
import type { ConversationView, Id } from '#contracts';
import { everyPage, type MusterApi } from '#client';
import type { ChatRef } from '../floor/intents.js';
import { customerOf } from '../whatsapp/customers.js';
import type { Courier } from './courier.js';

/** What is known of a conversation of the simulation. */
export interface Entry {
  readonly chat: ChatRef;
  /** Muster's id; null until it has been seen. */
  id: Id | null;
  /** Who has it, as far as known. */
  assigneeId: Id | null;
}

const LOOK_EVERY_MS = 600;
/** A conversation that isn't among the newest is looked for among all, now and then. */
const LOOK_EVERYWHERE_EACH = 10;
const GIVE_UP_AFTER_MS = 45_000;
const NEWEST = 50;

/**
 * Which conversation of Muster is which of the simulation. A webhook's sender isn't told what became of a delivery, so
 * the conversation a customer opened is found in Muster's list, by the customer's number.
 */
export class Directory {
  private readonly entries = new Map<number, Entry>();
  private readonly byCustomer = new Map<number, Entry>();
  private looking: Promise<void> | null = null;
  private looks = 0;

  constructor(
    private readonly muster: MusterApi,
    private readonly courier: Courier,
    private readonly signal: AbortSignal,
  ) {}

  add(chat: ChatRef, id: Id | null = null, assigneeId: Id | null = null): void {
    const entry = { chat, id, assigneeId };
    this.entries.set(chat.id, entry);
    this.byCustomer.set(chat.customer, entry);
  }

  get(chatId: number): Entry | undefined {
    return this.entries.get(chatId);
  }

  remove(chat: ChatRef): void {
    const entry = this.entries.get(chat.id);
    this.entries.delete(chat.id);
    if (this.byCustomer.get(chat.customer) === entry) this.byCustomer.delete(chat.customer);
  }

  all(): Entry[] {
    return [...this.entries.values()];
  }

  /** The conversation with its id, looked for if need be; null when it isn't there, or not any more. */
  async find(chatId: number): Promise<(Entry & { id: Id }) | null> {
    const deadline = Date.now() + GIVE_UP_AFTER_MS;
    for (;;) {
      const entry = this.entries.get(chatId);
      if (!entry || Date.now() > deadline) return null;
      if (isFound(entry)) return entry;
      await (this.looking ??= this.look().finally(() => (this.looking = null)));
    }
  }

  /** All open conversations with customers of the demo, by customer. */
  async open(): Promise<Map<number, ConversationView>> {
    const found = new Map<number, ConversationView>();
    const list = (params: { cursor?: string }) =>
      this.courier.send(() => this.muster.conversations.list({ ...params, status: 'open', limit: 200 }));
    for await (const conversation of everyPage(list, {})) {
      const customer = customerOf(conversation.contact.phone ?? '');
      if (customer !== null) found.set(customer, conversation);
    }
    return found;
  }

  /** One look for everybody who waits for one. */
  private async look(): Promise<void> {
    await sleep(LOOK_EVERY_MS, undefined, { signal: this.signal });
    const everywhere = ++this.looks % LOOK_EVERYWHERE_EACH === 0;
    const seen = everywhere ? [...(await this.open()).values()] : await this.newest();
    for (const conversation of seen) this.recognise(conversation);
  }

  private async newest(): Promise<ConversationView[]> {
    const params = { status: 'open', sort: '-createdAt', limit: NEWEST } as const;
    return (await this.courier.send(() => this.muster.conversations.list(params))).data;
  }

  private recognise({ id, contact, assignee }: ConversationView): void {
    const entry = this.byCustomer.get(customerOf(contact.phone ?? '') ?? -1);
    if (!entry || entry.id) return;
    entry.id = id;
    entry.assigneeId = assignee?.id ?? null;
  }
}

function isFound(entry: Entry): entry is Entry & { id: Id } {
  return entry.id !== null;
}
