import type {
  DashboardClientEvents,
  DashboardServerEvents,
  RosterDelta,
  RosterScope,
  RosterSubscription,
} from '#contracts';
import type { MusterApi } from './api.js';
import { LiveConnection } from './connection.js';
import { rosterReducer, type RosterView } from './delta.js';
import type { LiveView } from './live-view.js';
import { openWire } from './wire.js';

/** The roster of a scope, kept current. */
export type LiveRoster = LiveView<RosterView, RosterSubscription, RosterDelta>;

/** A connection to `/dashboard`; needs `dashboard.view`. */
export class DashboardConnection extends LiveConnection<DashboardClientEvents, DashboardServerEvents> {
  /** Presence, load and density of the agents in `scope`, live; by default of the whole workspace. */
  roster(scope: RosterScope = {}): LiveRoster {
    return this.follow({ body: { topic: 'roster', scope }, deltaEvent: 'roster.delta', reducer: rosterReducer });
  }
}

/** Opens the live dashboard as the caller of `muster`. */
export function connectDashboard(muster: MusterApi): DashboardConnection {
  const { url, credentials, clock, random } = muster;
  return new DashboardConnection({ url, credentials, clock, random, openWire, namespace: '/dashboard' });
}
