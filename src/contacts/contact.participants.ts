import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Actor } from '../audit/audit.service.js';

/** A customer who is being erased. */
export interface Erasure {
  workspaceId: string;
  contactId: string;
  actor: Actor;
  at: Date;
}

/** What a participant took the content of, and what it does after the commit. */
export interface Erased {
  conversations?: number;
  messages?: number;
  told?: () => Promise<void>;
}

/**
 * What others do in the transaction that erases a customer. Whoever keeps something of customers implements it and
 * joins at boot.
 */
export interface ContactParticipant {
  /** Called with the contact locked. Leaves nothing of what the customer said or is known by; rows and times stay. */
  erasing(em: EntityManager, erasure: Erasure): Promise<Erased>;
}

@Injectable()
export class ContactParticipants {
  private readonly participants: ContactParticipant[] = [];

  /** Called at boot. */
  join(participant: ContactParticipant): void {
    this.participants.push(participant);
  }

  async erasing(em: EntityManager, erasure: Erasure): Promise<Required<Erased>> {
    const all: Erased[] = [];
    for (const participant of this.participants) all.push(await participant.erasing(em, erasure));
    const sum = (of: 'conversations' | 'messages') => all.reduce((total, each) => total + (each[of] ?? 0), 0);
    const tell = all.flatMap(({ told }) => (told ? [told] : []));
    const told = async () => void (await Promise.all(tell.map((each) => each())));
    return { conversations: sum('conversations'), messages: sum('messages'), told };
  }
}
