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

/** `3h 12m`, `12m`, `45s` */
export function durationOf(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes === 0) return `${Math.ceil(ms / 1_000)}s`;
  return minutes < 60 ? `${minutes}m` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}
