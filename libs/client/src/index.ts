/**
 * Muster's client for Node and browsers: `new MusterApi({ url })` for HTTP, `connectDashboard(muster)` and
 * `connectInbox(muster)` for what is live.
 */
export type * from '#contracts';
export type { AgentExportParams, AgentImportOptions, CsvFile } from './agent-files.js';
export { MusterApi, type MusterOptions } from './api.js';
export {
  type AgentListParams,
  type ConversationListParams,
  everyPage,
  type ListParams,
  type TimelineParams,
} from './calls.js';
export { leastLoadedFirst } from './assignable-list.js';
export { type Clock, systemClock } from './clock.js';
export { memoryStore, type Session, type SessionStore } from './credentials.js';
export { connectDashboard, type DashboardConnection, type LiveAlerts, type LiveRoster } from './dashboard.js';
export { type AlertsView, type AssignableView, type RosterView } from './delta.js';
export { type Closure, isTransient, MusterClosed, MusterProblem, MusterUnreachable } from './errors.js';
export { type CallOptions, newIdempotencyKey } from './http.js';
export { connectInbox, type InboxConnection, type LiveAssignable } from './inbox.js';
export type { ViewState } from './live-view.js';
export type { LiveState, LiveStatus } from './observable.js';
export type { AuditFilters, AuditListParams } from './audit-calls.js';
export type { DensityReportParams, PagedReportParams, ReportParams } from './report-calls.js';
export {
  ageOf,
  findRoster,
  listRoster,
  LONG_WAIT_MS,
  PRESENCE_STATES,
  ROSTER_SORTS,
  type RosterQuery,
  type RosterSort,
  type RosterTotals,
  sortRoster,
  teamName,
  totalsOf,
} from './roster-list.js';
