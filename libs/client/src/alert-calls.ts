/** The HTTP calls about limits of the floor and what crossing them raised. */
import type { AlertView, CreateThresholdRequest, Id, Page, ThresholdView, UpdateThresholdRequest } from '#contracts';
import type { ListParams, Send } from './calls.js';
import type { CallOptions } from './http.js';

export type AlertListParams = ListParams & {
  /** Only those that are open, or only those that are over. */
  open?: boolean;
  thresholdId?: Id;
  agentId?: Id;
  teamId?: Id;
};

export function thresholdCalls(send: Send) {
  const at = (id: Id) => `/thresholds/${encodeURIComponent(id)}`;
  return {
    list: (query: ListParams = {}, options: CallOptions = {}) =>
      send<Page<ThresholdView>>({ ...options, method: 'GET', path: '/thresholds', query }),
    get: (id: Id, options: CallOptions = {}) => send<ThresholdView>({ ...options, method: 'GET', path: at(id) }),
    create: (body: CreateThresholdRequest, options: CallOptions = {}) =>
      send<ThresholdView>({ ...options, method: 'POST', path: '/thresholds', body }),
    /** Anything but another name begins it anew. */
    update: (id: Id, body: UpdateThresholdRequest, options: CallOptions = {}) =>
      send<ThresholdView>({ ...options, method: 'PATCH', path: at(id), body }),
    delete: (id: Id, options: CallOptions = {}) => send<ThresholdView>({ ...options, method: 'DELETE', path: at(id) }),
  };
}

export function alertCalls(send: Send) {
  return {
    /** Newest first; `connectDashboard(muster).alerts()` keeps the open ones current. */
    list: (query: AlertListParams = {}, options: CallOptions = {}) =>
      send<Page<AlertView>>({ ...options, method: 'GET', path: '/alerts', query }),
  };
}
