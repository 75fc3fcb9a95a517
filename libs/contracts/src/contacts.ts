/** Customers: who they are, a number that is shown on purpose, and forgetting one. */
import type { ContactView, Id, Timestamp } from './views.js';

/** Columns of the file of contacts, in their order. */
export const CONTACT_COLUMNS = ['id', 'name', 'phone', 'createdAt', 'updatedAt'] as const;

/** A customer, with what the list and the page of contacts show. */
export interface ContactDetails extends ContactView {
  /** When the customer was erased, and name, number and messages with them; null: they were not. */
  erasedAt: Timestamp | null;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  /** Counts every change of the contact; the ETag. */
  version: number;
}

/** What a person calls a customer. */
export interface UpdateContactRequest {
  /** Up to 200 characters; null: WhatsApp says the name again. A name that is set stays, whatever WhatsApp says. */
  name: string | null;
}

/** Why somebody has to see a number. */
export interface RevealRequest {
  /** 3 to 500 characters. It is in the audit log for ever; digits that could be a number are taken out of it. */
  reason: string;
}

/** A customer's number, for a moment. */
export interface RevealedPhone {
  contactId: Id;
  /** E.164. */
  phone: string;
  /** When it is to be gone from the screen. Seeing it again is another reveal. */
  expiresAt: Timestamp;
}

/** A customer who was erased. */
export interface ErasedContactView extends ContactDetails {
  /** What lost its content just now; zero when the customer was erased before. */
  erased: { conversations: number; messages: number };
}
