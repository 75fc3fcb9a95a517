import { Calendar } from './calendar.js';
import { Chat } from './chat.js';
import { hourAt } from './day.js';
import type { ChatRef, Intent, Stage } from './intents.js';
import { Random } from '../random.js';
import { type FloorAgent, type FloorTeam, Staff } from './staff.js';
import type { Team } from './team.js';

/** UTC; a busy hour for most teams of the demo. */
const START_HOUR = 13;

/** A conversation that was open before. */
export interface OpenChat {
  customer: number;
  team: FloorTeam;
  agentId: string | null;
  /** The last message is the customer's. */
  waiting: boolean;
}

export interface SimulationOptions {
  seed: number | string;
  agents: readonly FloorAgent[];
  /** How many different customers there are; one has at most one conversation at a time. */
  customers: number;
}

/** How the floor stands. */
export interface FloorCounts {
  online: number;
  chats: number;
  waiting: number;
}

/**
 * A contact centre as a state machine: no clock, no I/O, no chance but the seed's.
 *
 * The caller adopts what is open already, opens the floor, then moves the time with {@link advance} and carries out the
 * intents it gets, in their order. What only Muster can know (who was given a conversation, what an administrator
 * changed) comes back through the other methods, between two advances. Guaranteed: intents come in the order of time,
 * none before the last advance and none after the time asked for; the same seed and the same calls give the same
 * intents.
 */
export class Simulation {
  private time = 0;
  private intents: Intent[] = [];
  private readonly random: Random;
  private readonly calendar = new Calendar();
  private readonly staff: Staff;
  private readonly chats = new Map<number, Chat>();
  private readonly talking = new Set<number>();
  private chatNumber = 0;
  private messageNumber = 0;

  constructor(private readonly options: SimulationOptions) {
    this.random = new Random(options.seed);
    this.staff = new Staff(
      this.stage(),
      this.random.fork('staff'),
      (at) => hourAt(at, START_HOUR, 0),
      (team) => this.arrive(team),
    );
    for (const agent of options.agents) this.staff.hire(agent);
  }

  get now(): number {
    return this.time;
  }

  /** The floor opens: agents come in, customers begin to write. */
  open(): void {
    this.staff.open();
  }

  /** Everything that happens up to `to`, in its order. */
  advance(to: number): Intent[] {
    for (let next = this.calendar.next(to); next; next = this.calendar.next(to)) {
      this.time = next.at;
      next.act();
    }
    this.time = Math.max(this.time, to);
    const intents = this.intents;
    this.intents = [];
    return intents;
  }

  /** A conversation from before goes on; null when that customer is talking already. */
  adopt({ customer, team, agentId, waiting }: OpenChat): ChatRef | null {
    if (this.talking.has(customer)) return null;
    const chat = this.newChat(customer, this.staff.team(team));
    const agent = this.staff.find(agentId ?? '');
    chat.resume(agent?.onShift ? agent : null, waiting, agentId !== null);
    return chat.ref;
  }

  /** Muster gave the conversation to this agent. If it isn't one of the simulation's, they do what they want with it. */
  assigned(chatId: number, agentId: string): void {
    const agent = this.staff.find(agentId);
    if (agent) this.chats.get(chatId)?.assigned(agent);
    else this.ended(chatId);
  }

  /** Nobody could take the conversation. */
  refused(chatId: number): void {
    this.chats.get(chatId)?.refused();
  }

  /** The conversation has no agent any more, by Muster's doing. */
  released(chatId: number): void {
    this.chats.get(chatId)?.lostAgent();
  }

  /** The conversation was closed by somebody else. */
  ended(chatId: number): void {
    this.chats.get(chatId)?.end();
  }

  /** Muster doesn't let this agent in (inactive, without the permission …) until `setAgents` names it again. */
  dismissed(agentId: string): void {
    this.staff.dismiss(agentId);
  }

  /** The agents as they are now: who is new comes in soon, who moved to another team begins there. */
  setAgents(agents: readonly FloorAgent[]): void {
    this.staff.set(agents);
  }

  counts(): FloorCounts {
    const chats = [...this.chats.values()];
    return {
      online: this.staff.online(),
      chats: chats.length,
      waiting: chats.filter((chat) => chat.isWaiting).length,
    };
  }

  private arrive(team: Team): void {
    if (this.talking.size >= this.options.customers) return;
    this.newChat(this.freeCustomer(), team).begin();
  }

  private newChat(customer: number, team: Team): Chat {
    const id = ++this.chatNumber;
    const host = { ...this.stage(), nextMessage: () => ++this.messageNumber, over: () => this.forget(id, customer) };
    const chat = new Chat({ id, customer, teamId: team.id }, host, this.random.fork(`chat ${id}`), team.profile);
    this.chats.set(id, chat);
    this.talking.add(customer);
    return chat;
  }

  private forget(chatId: number, customer: number): void {
    this.chats.delete(chatId);
    this.talking.delete(customer);
  }

  /** Any customer that isn't talking: a random one, or the next free one after it. */
  private freeCustomer(): number {
    let customer = this.random.integer(0, this.options.customers - 1);
    while (this.talking.has(customer)) customer = (customer + 1) % this.options.customers;
    return customer;
  }

  private stage(): Stage {
    return {
      now: () => this.time,
      in: (delay, act) => this.calendar.plan(this.time + Math.max(0, delay), act),
      emit: (act) => void this.intents.push({ ...act, at: this.time }),
    };
  }
}
