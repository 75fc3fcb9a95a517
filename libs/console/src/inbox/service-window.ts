/** WhatsApp's 24 hours after the customer's last message, in which answers are free. Pure. */
import type { Timestamp } from '#client';

export interface ServiceWindow {
  state: 'open' | 'closing' | 'closed' | 'never';
  /** Until it closes; 0 when it is closed. */
  leftMs: number;
}

/** From here on there is little time left. */
const CLOSING_MS = 2 * 3_600_000;

export function serviceWindow(expiresAt: Timestamp | null, now: number): ServiceWindow {
  if (expiresAt === null) return { state: 'never', leftMs: 0 };
  const leftMs = Math.max(0, Date.parse(expiresAt) - now);
  return { state: leftMs === 0 ? 'closed' : leftMs < CLOSING_MS ? 'closing' : 'open', leftMs };
}
