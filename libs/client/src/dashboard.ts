import type {
  AlertEvent,
  AlertsSubscription,
  DashboardClientEvents,
  DashboardServerEvents,
  RosterDelta,
  RosterScope,
  RosterSubscription,
} from '#contracts';
import type { MusterApi } from './api.js';
import { LiveConnection } from './connection.js';
import { alertsReducer, type AlertsView, rosterReducer, type RosterView } from './delta.js';
import type { LiveView } from './live-view.js';
import { openWire } from './wire.js';

/** The roster of a scope, kept current. */
export type LiveRoster = LiveView<RosterView, RosterSubscription, RosterDelta>;

/** The open alerts, kept current. */
export type LiveAlerts = LiveView<AlertsView, AlertsSubscription, AlertEvent>;

/** A connection to `/dashboard`; needs `dashboard.view`. */
export class DashboardConnection extends LiveConnection<DashboardClientEvents, DashboardServerEvents> {
  /** Presence, load and density of the agents in `scope`, live; by default of the whole workspace. */
  roster(scope: RosterScope = {}): LiveRoster {
    return this.follow({ body: { topic: 'roster', scope }, deltaEvents: ['roster.delta'], reducer: rosterReducer });
  }

  /** What is wrong on the floor right now: the open alerts of the workspace. */
  alerts(): LiveAlerts {
    const deltaEvents = ['alert.raised', 'alert.cleared'];
    return this.follow({ body: { topic: 'alerts' }, deltaEvents, reducer: alertsReducer });
  }
}

/** Opens the live dashboard as the caller of `muster`. */
export function connectDashboard(muster: MusterApi): DashboardConnection {
  const { url, credentials, clock, random } = muster;
  return new DashboardConnection({ url, credentials, clock, random, openWire, namespace: '/dashboard' });
}
