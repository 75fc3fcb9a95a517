import { explain } from '../session/problem-text.js';

/** Says that something was done. */
export function notify(message: string): void {
  void show({ message, color: 'teal' });
}

/** Says that something was not done, and why. */
export function complain(title: string, error: unknown): void {
  void show({ title, message: explain(error), color: 'red', autoClose: 12_000 });
}

async function show(notice: { title?: string; message: string; color: string; autoClose?: number }): Promise<void> {
  const { notifications } = await import('@mantine/notifications');
  notifications.show({ ...notice, withBorder: true });
}
