import { useSyncExternalStore } from 'react';
import { explain } from '../session/problem-text.js';

/** Whether anything was said yet: what shows it is loaded with the first notice, not with the first screen. */
let hasNotices = false;
const listeners = new Set<() => void>();

export function useHasNotices(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => hasNotices,
  );
}

/** Says that something was done. */
export function notify(message: string): void {
  say({ message, color: 'teal' });
}

/** Says that something was not done, and why. */
export function complain(title: string, error: unknown): void {
  say({ title, message: explain(error), color: 'red', autoClose: 12_000 });
}

interface Notice {
  title?: string;
  message: string;
  color: string;
  autoClose?: number;
}

function say(notice: Notice): void {
  // Screens that change something fetch this with themselves; where it can't be fetched, nothing is left to say it with.
  show(notice).catch(() => undefined);
}

async function show(notice: Notice): Promise<void> {
  const { notifications } = await import('@mantine/notifications');
  notifications.show({ ...notice, withBorder: true });
  hasNotices = true;
  for (const listener of listeners) listener();
}
