/** What messages that are written together say of their customers, each of which may say a part of it. */
import type { MessageRow } from './whatsapp.queries.js';

export interface SaidRow extends MessageRow {
  /** A newer message of them says the user id with another number. */
  is_outdated?: boolean;
}

/** A user id has the number that its newest message with one gave; who says another one is outdated. */
export function agreed(messages: MessageRow[]): SaidRow[] {
  const numbers = new Map<string, MessageRow>();
  for (const row of messages) {
    if (!row.user_index || isByUser(row)) continue;
    const newest = numbers.get(userOf(row));
    if (!newest || newest.at <= row.at) numbers.set(userOf(row), row);
  }
  if (numbers.size === 0) return messages;
  return messages.map((row) => {
    const numbered = row.user_index ? numbers.get(userOf(row)) : undefined;
    if (!numbered) return row;
    const { phone_index, phone_cipher, at: said_at } = numbered;
    if (isByUser(row)) return { ...row, phone_index, phone_cipher, said_at };
    return row.phone_index === phone_index ? { ...row, said_at } : { ...row, is_outdated: true };
  });
}

/** Whether the customer is named by the user id alone. */
export function isByUser(row: MessageRow): boolean {
  return row.phone_index === row.user_index;
}

/** The user id with its workspace. */
export function userOf(row: MessageRow): string {
  return `${row.workspace_id} ${row.user_index}`;
}
