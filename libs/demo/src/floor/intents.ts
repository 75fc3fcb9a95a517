import type { Availability } from '#contracts';

/** A conversation of the simulation; the traffic finds out which of Muster's it is. */
export interface ChatRef {
  id: number;
  /** Which customer of the pool. */
  customer: number;
  /** Muster's id of the team whose number the customer wrote to. */
  teamId: string;
}

/** What WhatsApp reports about a message that was sent. */
export type MessageStatus = 'sent' | 'delivered' | 'read' | 'failed';

/** What somebody on the floor does; the traffic turns it into requests and socket events. */
export type Act =
  | { kind: 'customer.writes'; chat: ChatRef; first: boolean }
  | { kind: 'agent.writes'; chat: ChatRef; agentId: string; message: number }
  | { kind: 'message.status'; chat: ChatRef; message: number; status: MessageStatus }
  /** To whoever has the least to do, of the chat's team or (`anyTeam`) of all. */
  | { kind: 'chat.assign'; chat: ChatRef; anyTeam: boolean }
  | { kind: 'chat.release'; chat: ChatRef }
  | { kind: 'chat.resolve'; chat: ChatRef }
  | { kind: 'tab.open'; agentId: string; tab: number }
  /** Unclean: the connection just breaks, as when a laptop is closed. */
  | { kind: 'tab.close'; agentId: string; tab: number; clean: boolean }
  | { kind: 'agent.availability'; agentId: string; availability: Availability }
  | { kind: 'agent.logout'; agentId: string };

/** An act at its time, in milliseconds since the simulation began. */
export type Intent = Act & { at: number };

/** Where the parts of a simulation meet. */
export interface Stage {
  now(): number;
  /** Plans `act` to happen in `delay` milliseconds. */
  in(delay: number, act: () => void): { cancel(): void };
  emit(act: Act): void;
}
