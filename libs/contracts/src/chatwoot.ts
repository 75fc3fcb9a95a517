/** Chatwoot accounts whose conversations Muster follows. */
import type { Id, Reference, Timestamp } from './views.js';

/** A Chatwoot account that tells Muster of its conversations. */
export interface ChatwootAccountView {
  id: Id;
  name: string;
  /** Chatwoot's number of the account, as in its addresses: `/app/accounts/1`. */
  accountId: number;
  /** The team that its new conversations belong to. */
  team: Reference | null;
  /** Whether its deliveries must be signed: as soon as a secret of Chatwoot's is known. */
  signed: boolean;
  /** The agents behind Chatwoot's users, as far as they are known. */
  users: ChatwootUser[];
  createdAt: Timestamp;
}

/** Who a user of Chatwoot is here. */
export interface ChatwootUser {
  /** Chatwoot's number of the user. */
  userId: number;
  agent: Reference;
}

/** An account with the address that Chatwoot is to call, which is shown once. */
export interface ChatwootAccountWithPath extends ChatwootAccountView {
  /** With a token: what isn't signed is believed by it. */
  path: string;
}

export interface CreateChatwootAccountRequest {
  /** 1 to 100 characters. */
  name: string;
  accountId: number;
  teamId?: Id | null;
  /** Of Chatwoot's webhooks, up to 5; with one, unsigned deliveries are refused. Stored encrypted, never shown again. */
  secrets?: string[];
}

/** What is to change; what isn't named stays. */
export interface UpdateChatwootAccountRequest {
  name?: string;
  teamId?: Id | null;
  /** All that are good from now on; none: unsigned deliveries with the token are believed again. */
  secrets?: string[];
  /** Chatwoot's users to be known by their agents' e-mails; with null a user is known no longer. */
  users?: { userId: number; email: string | null }[];
}
