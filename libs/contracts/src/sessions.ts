/** Sessions, and what their owners set about them. */
import type { Receipt } from './receipts.js';
import type { Id, Reference, Timestamp } from './views.js';

/** A login that goes on. */
export interface SessionView {
  id: Id;
  /** Whose it is. */
  agent: Reference;
  createdAt: Timestamp;
  /** When it last got tokens: while it is used, about every 12 minutes. */
  lastUsedAt: Timestamp;
  /** When it ends by itself; each renewal of its tokens puts that off. */
  expiresAt: Timestamp;
  /** Whether it is the one that asks. */
  current: boolean;
  /** From where it last got tokens. */
  client: SessionClient;
}

/** From where a session is used: as little as its owner needs to recognise it. */
export interface SessionClient {
  /** What the program says it is, shortened; null: nothing. */
  userAgent: string | null;
  /** The network, never the whole address: `203.0.113.0/24`. */
  network: string | null;
}

/** A session that was ended. */
export interface EndedSessionView extends SessionView {
  receipt: Receipt;
}

/** What ending several sessions answers. */
export interface EndedSessions {
  /** How many were ended. */
  ended: number;
  /** Null when there was none to end. */
  receipt: Receipt | null;
}

export interface ChangePasswordRequest {
  currentPassword: string;
  /** 10 to 200 characters, another than the current one. */
  newPassword: string;
}

/** What setting a password answers: every session and API key before it has ended, but the session that changed it. */
export interface ChangedPassword {
  receipt: Receipt;
}

/** What resetting a password answers; null where a mail was asked for, whether one is sent or not. */
export interface PasswordResetAnswer {
  receipt: Receipt | null;
}

/** Either who wants a mail, or what came with it. */
export interface ResetPasswordRequest {
  /** Sends a mail to this address, if it is an agent's. */
  email?: string;
  /** With `email`: the workspace's slug; without it a mail for each. */
  workspace?: string;
  /** The token of the mail; good once, for an hour. */
  token?: string;
  /** With `token`: the password to set. 10 to 200 characters. */
  password?: string;
}
