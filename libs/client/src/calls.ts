/** The HTTP calls of contract.md, by subject. Bodies and answers are described in `#contracts`. */
import type {
  AccessCheckRequest,
  AccessDecision,
  AgentView,
  ApiKeyView,
  AssignableList,
  AssignRequest,
  BulkAgentsAnswer,
  BulkAgentsRequest,
  ChangedAgentView,
  ChangedTeamView,
  ChannelView,
  ConversationStatus,
  ConversationView,
  CreateAgentRequest,
  CreateApiKeyRequest,
  CreateChannelRequest,
  CreateConversationRequest,
  CreatedAgentView,
  CreatedApiKeyView,
  CreateTeamRequest,
  Diagnosis,
  EffectivePermissions,
  EndedApiKeyView,
  Id,
  IngestAnswer,
  IngestRequest,
  InteractionInput,
  Lifecycle,
  Page,
  PresenceState,
  PresenceView,
  Receipt,
  RosterSnapshot,
  SetPresenceRequest,
  TeamView,
  TimelineEntry,
  TransferRequest,
  UpdateAgentRequest,
  UpdateChannelRequest,
  UpdateTeamRequest,
} from '#contracts';
import type { CallOptions, QueryValue, Send } from './http.js';
import { agentRehearsals, teamRehearsals } from './rehearsal-calls.js';

export type { Send } from './http.js';

/** Paging, sorting and search of a list; `sort` is like `-createdAt,name`. */
export type ListParams = {
  limit?: number;
  cursor?: string;
  sort?: string;
  q?: string;
};

/** A page of a timeline, of everything or of one kind. */
export type TimelineParams = Pick<ListParams, 'limit' | 'cursor'> & { kind?: TimelineEntry['kind'] };

export type AgentListParams = ListParams & {
  teamId?: Id;
  status?: Lifecycle;
  presence?: PresenceState;
  hidePhone?: boolean;
};

export type ConversationListParams = ListParams & {
  status?: ConversationStatus;
  teamId?: Id;
  assigneeId?: Id;
  /** Only those that nobody has. */
  unassigned?: boolean;
};

type Query = Readonly<Record<string, QueryValue>>;

/** Calls with the plumbing that all subjects share. */
function verbs(send: Send) {
  return {
    get: <T>(path: string, query: Query = {}, options: CallOptions = {}) =>
      send<T>({ ...options, method: 'GET', path, query }),
    post: <T>(path: string, body?: unknown, options: CallOptions = {}) =>
      send<T>({ ...options, method: 'POST', path, body }),
    put: <T>(path: string, body: unknown, options: CallOptions = {}) =>
      send<T>({ ...options, method: 'PUT', path, body }),
    patch: <T>(path: string, body: unknown, options: CallOptions = {}) =>
      send<T>({ ...options, method: 'PATCH', path, body }),
    delete: <T>(path: string, query: Query = {}, options: CallOptions = {}) =>
      send<T>({ ...options, method: 'DELETE', path, query }),
  };
}

/** Walks all pages of a list: `for await (const agent of everyPage(muster.agents.list, { teamId }))`. */
export async function* everyPage<T, P extends ListParams>(
  list: (params: P) => Promise<Page<T>>,
  params: P,
): AsyncGenerator<T, void, undefined> {
  let cursor = params.cursor;
  do {
    const { data, page } = await list(cursor === undefined ? params : { ...params, cursor });
    yield* data;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

export function teamCalls(send: Send) {
  const http = verbs(send);
  return {
    list: (params: ListParams = {}, options?: CallOptions) => http.get<Page<TeamView>>('/teams', params, options),
    get: (id: Id, options?: CallOptions) => http.get<TeamView>(`/teams/${of(id)}`, {}, options),
    create: (body: CreateTeamRequest, options?: CallOptions) => http.post<TeamView>('/teams', body, options),
    update: (id: Id, body: UpdateTeamRequest, options?: CallOptions) =>
      http.patch<ChangedTeamView>(`/teams/${of(id)}`, body, options),
    /** Deletes a team; its agents move to `moveTo`, without which a team with agents is refused. */
    delete: (id: Id, moveTo?: Id, options?: CallOptions) =>
      http.delete<ChangedTeamView>(`/teams/${of(id)}`, { moveTo }, options),
    /** What such a write would do, without doing it. */
    rehearse: teamRehearsals(send),
  };
}

export function agentCalls(send: Send) {
  const http = verbs(send);
  return {
    list: (params: AgentListParams = {}, options?: CallOptions) =>
      http.get<Page<AgentView>>('/agents', params, options),
    get: (id: Id, options?: CallOptions) => http.get<AgentView>(`/agents/${of(id)}`, {}, options),
    create: (body: CreateAgentRequest, options?: CallOptions) => http.post<CreatedAgentView>('/agents', body, options),
    /** Changes an agent. Saving without a change syncs the team's blueprint again. */
    update: (id: Id, body: UpdateAgentRequest, options?: CallOptions) =>
      http.patch<ChangedAgentView>(`/agents/${of(id)}`, body, options),
    delete: (id: Id, options?: CallOptions) => http.delete<ChangedAgentView>(`/agents/${of(id)}`, {}, options),
    /** One change for up to 1,000 agents; each result says what became of its agent. */
    bulk: (body: BulkAgentsRequest, options?: CallOptions) =>
      http.post<BulkAgentsAnswer>('/agents/bulk', body, options),
    /** What such a write would do, without doing it. */
    rehearse: agentRehearsals(send),
    /** What took rights away from the agent, newest first. */
    receipts: (id: Id, params: ListParams = {}, options?: CallOptions) =>
      http.get<Page<Receipt>>(`/agents/${of(id)}/receipts`, params, options),
    /** What happened to the agent, from all that keeps a history, newest first. */
    timeline: (id: Id, params: TimelineParams = {}, options?: CallOptions) =>
      http.get<Page<TimelineEntry>>(`/agents/${of(id)}/timeline`, params, options),
    /** What the agent may do now, and where each right comes from. */
    permissions: (id: Id, options?: CallOptions) =>
      http.get<EffectivePermissions>(`/agents/${of(id)}/permissions`, {}, options),
    /** One's own, or with `agents.read` another's. */
    presence: (id: Id, options?: CallOptions) => http.get<PresenceView>(`/agents/${of(id)}/presence`, {}, options),
    setPresence: (id: Id, body: SetPresenceRequest, options?: CallOptions) =>
      http.put<PresenceView>(`/agents/${of(id)}/presence`, body, options),
  };
}

export function accessCalls(send: Send) {
  const http = verbs(send);
  return {
    /**
     * May they, now? About an agent, or with no `agentId` about oneself. Keep no answer: the next may be another, and
     * when this throws, nobody may.
     */
    check: (body: AccessCheckRequest, options?: CallOptions) =>
      http.post<AccessDecision>('/access/check', body, options),
    /** Why somebody can't log in with an e-mail, or gets no work, each with what to do. */
    diagnosis: (email: string, options?: CallOptions) => http.get<Diagnosis>('/access/diagnosis', { email }, options),
  };
}

export function apiKeyCalls(send: Send) {
  const http = verbs(send);
  return {
    list: (params: ListParams = {}, options?: CallOptions) => http.get<Page<ApiKeyView>>('/api-keys', params, options),
    /** Makes a key; the answer is the only time that it is shown. */
    create: (body: CreateApiKeyRequest, options?: CallOptions) =>
      http.post<CreatedApiKeyView>('/api-keys', body, options),
    delete: (id: Id, options?: CallOptions) => http.delete<EndedApiKeyView>(`/api-keys/${of(id)}`, {}, options),
  };
}

export function conversationCalls(send: Send) {
  const http = verbs(send);
  const act = (id: Id, act: string, body: unknown, options?: CallOptions) =>
    http.post<ConversationView>(`/conversations/${of(id)}/${act}`, body, options);
  return {
    list: (params: ConversationListParams = {}, options?: CallOptions) =>
      http.get<Page<ConversationView>>('/conversations', params, options),
    get: (id: Id, options?: CallOptions) => http.get<ConversationView>(`/conversations/${of(id)}`, {}, options),
    create: (body: CreateConversationRequest, options?: CallOptions) =>
      http.post<ConversationView>('/conversations', body, options),
    /** Gives the conversation to an agent, or to the least loaded one. */
    assign: (id: Id, body: AssignRequest, options?: CallOptions) => act(id, 'assign', body, options),
    /** Hands it to another team; whoever has it keeps it only as an agent of that team. */
    transfer: (id: Id, teamId: Id, options?: CallOptions) =>
      act(id, 'transfer', { teamId } satisfies TransferRequest, options),
    unassign: (id: Id, options?: CallOptions) => act(id, 'unassign', undefined, options),
    resolve: (id: Id, options?: CallOptions) => act(id, 'resolve', undefined, options),
    reopen: (id: Id, options?: CallOptions) => act(id, 'reopen', undefined, options),
  };
}

export function interactionCalls(send: Send) {
  const http = verbs(send);
  return {
    /** Reports up to 1,000 interactions. Each `id` counts once, so repeating a batch is harmless. */
    report: (interactions: InteractionInput[], options?: CallOptions) =>
      http.post<IngestAnswer>('/interactions', { interactions } satisfies IngestRequest, options),
  };
}

export function channelCalls(send: Send) {
  const http = verbs(send);
  return {
    list: (params: ListParams = {}, options?: CallOptions) => http.get<Page<ChannelView>>('/channels', params, options),
    create: (body: CreateChannelRequest, options?: CallOptions) => http.post<ChannelView>('/channels', body, options),
    /** What isn't named stays; a token can be replaced, and taken away with null. */
    update: (id: Id, body: UpdateChannelRequest, options?: CallOptions) =>
      http.patch<ChannelView>(`/channels/${of(id)}`, body, options),
  };
}

export function inboxCalls(send: Send) {
  const http = verbs(send);
  return {
    /** Who can take the next conversation, least loaded first. */
    assignable: (params: { teamId?: Id } = {}, options?: CallOptions) =>
      http.get<AssignableList>('/inbox/assignable', params, options),
  };
}

export function dashboardCalls(send: Send) {
  const http = verbs(send);
  return {
    /** The roster as it is now, which `connectDashboard` keeps current, or as it was `at` a moment of the last 30 days. */
    roster: (params: { teamId?: Id; at?: string } = {}, options?: CallOptions) =>
      http.get<RosterSnapshot>('/dashboard/roster', params, options),
  };
}

function of(id: Id): string {
  return encodeURIComponent(id);
}
