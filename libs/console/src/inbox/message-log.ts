/** The messages of a conversation as pages of the newest first, with what was told in between. Pure. */
import type { InfiniteData } from '@tanstack/react-query';
import type { MessageStatus, MessageView, Page } from '#client';

export type MessageLog = InfiniteData<Page<MessageView>>;

/** The log with a message as it is now: in its place if it is known, unless what is known is newer; else the newest. */
export function withMessage(log: MessageLog, message: MessageView): MessageLog {
  const known = log.pages.some((page) => page.data.some(({ id }) => id === message.id));
  const pages = log.pages.map((page, n) => {
    if (known)
      return { ...page, data: page.data.map((held) => (held.id === message.id ? newer(held, message) : held)) };
    return n === 0 ? { ...page, data: [message, ...page.data] } : page;
  });
  return { ...log, pages };
}

/** All of them, the oldest first, each once. */
export function inOrder(log: MessageLog): MessageView[] {
  const all = new Map(log.pages.flatMap((page) => page.data).map((message) => [message.id, message]));
  return [...all.values()].sort((a, b) => (a.at === b.at ? order(a.id, b.id) : order(a.at, b.at)));
}

/** What comes later; WhatsApp's times are too coarse to tell. */
const PROGRESS: readonly MessageStatus[] = ['received', 'queued', 'sent', 'failed', 'delivered', 'read'];

function newer(held: MessageView, told: MessageView): MessageView {
  return PROGRESS.indexOf(told.status) >= PROGRESS.indexOf(held.status) ? told : held;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
