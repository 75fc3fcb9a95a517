/** Dry runs: what writes of agents and teams would do. They write nothing, and may be repeated. */
import type {
  BulkAgentsRequest,
  CreateAgentRequest,
  CreateTeamRequest,
  DryRunAnswer,
  Id,
  UpdateAgentRequest,
  UpdateTeamRequest,
} from '#contracts';
import type { Call, CallOptions, Send } from './http.js';

/** Sends a write so that it is only rehearsed. */
function rehearsing(send: Send) {
  return (method: Call['method'], path: string, rest: Pick<Call, 'body' | 'query'>, options: CallOptions = {}) =>
    send<DryRunAnswer>({ ...options, ...rest, method, path, query: { ...rest.query, dryRun: true } });
}

export function agentRehearsals(send: Send) {
  const rehearse = rehearsing(send);
  return {
    create: (body: CreateAgentRequest, options?: CallOptions) => rehearse('POST', '/agents', { body }, options),
    update: (id: Id, body: UpdateAgentRequest, options?: CallOptions) =>
      rehearse('PATCH', `/agents/${encodeURIComponent(id)}`, { body }, options),
    delete: (id: Id, options?: CallOptions) => rehearse('DELETE', `/agents/${encodeURIComponent(id)}`, {}, options),
    bulk: (body: BulkAgentsRequest, options?: CallOptions) => rehearse('POST', '/agents/bulk', { body }, options),
  };
}

export function teamRehearsals(send: Send) {
  const rehearse = rehearsing(send);
  return {
    create: (body: CreateTeamRequest, options?: CallOptions) => rehearse('POST', '/teams', { body }, options),
    update: (id: Id, body: UpdateTeamRequest, options?: CallOptions) =>
      rehearse('PATCH', `/teams/${encodeURIComponent(id)}`, { body }, options),
    delete: (id: Id, moveTo?: Id, options?: CallOptions) =>
      rehearse('DELETE', `/teams/${encodeURIComponent(id)}`, { query: { moveTo } }, options),
  };
}
