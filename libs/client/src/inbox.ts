import type {
  AssignableDelta,
  AssignableSubscription,
  Availability,
  Id,
  InboxClientEvents,
  InboxServerEvents,
  PresenceView,
} from '#contracts';
import type { MusterApi } from './api.js';
import { LiveConnection } from './connection.js';
import { assignableReducer, type AssignableView } from './delta.js';
import type { LiveView } from './live-view.js';
import { openWire } from './wire.js';

/** The assignable list, kept current. */
export type LiveAssignable = LiveView<AssignableView, AssignableSubscription, AssignableDelta>;

/** A connection to `/inbox`; needs `inbox.read`. While it is up, an agent that opened it is connected. */
export class InboxConnection extends LiveConnection<InboxClientEvents, InboxServerEvents> {
  /** Who can take the next conversation, live; by default of all teams. */
  assignable(teamId?: Id): LiveAssignable {
    const body = teamId === undefined ? { topic: 'assignable' } : { topic: 'assignable', teamId };
    return this.follow({ body, deltaEvents: ['assignable.delta'], reducer: assignableReducer });
  }

  /** Sets the caller's own availability. */
  setPresence(availability: Availability): Promise<PresenceView> {
    return this.request('presence.set', { availability });
  }
}

/** Opens the inbox side as the caller of `muster`. */
export function connectInbox(muster: MusterApi): InboxConnection {
  const { url, credentials, clock, random } = muster;
  return new InboxConnection({ url, credentials, clock, random, openWire, namespace: '/inbox' });
}
