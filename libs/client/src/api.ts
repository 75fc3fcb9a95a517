import type {
  AcceptInvitationRequest,
  ChangedPassword,
  ChangePasswordRequest,
  LoginAnswer,
  LoginRequest,
  LogoutAnswer,
  PasswordResetAnswer,
  Me,
  PermissionModule,
  ResetPasswordRequest,
} from '#contracts';
import { agentFileCalls } from './agent-files.js';
import { alertCalls, thresholdCalls } from './alert-calls.js';
import { auditCalls } from './audit-calls.js';
import {
  accessCalls,
  agentCalls,
  apiKeyCalls,
  channelCalls,
  conversationCalls,
  dashboardCalls,
  inboxCalls,
  interactionCalls,
  type Send,
  teamCalls,
} from './calls.js';
import { contactCalls } from './contact-calls.js';
import { messageCalls } from './message-calls.js';
import { reportCalls } from './report-calls.js';
import { sessionCalls } from './session-calls.js';
import { webhookCalls } from './webhook-calls.js';
import { type Clock, systemClock } from './clock.js';
import { chatwootCalls } from './chatwoot-calls.js';
import { Credentials, memoryStore, type SessionStore } from './credentials.js';
import { type CallOptions, Http } from './http.js';

export interface MusterOptions {
  /** Where Muster is, for example `https://muster.example.com`. */
  url: string;
  /** An API key or access token to use as it is. Without it, sign in with `auth.login`. */
  token?: string;
  /** Where the session of a login is kept; in memory by default. */
  store?: SessionStore;
  /** How often a GET is repeated after a transient failure. Default 3. */
  retries?: number;
  /** How long one HTTP request may take. Default 30 s. */
  timeoutMs?: number;
  fetch?: typeof fetch;
  clock?: Clock;
  random?: () => number;
}

/**
 * Muster over HTTP: one method per call of the contract. Failures are `MusterProblem` (Muster refused; decide by
 * `code`) or `MusterUnreachable`. Tokens of a login are renewed before they expire.
 */
export class MusterApi {
  readonly url: string;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly random: () => number;
  readonly auth: ReturnType<typeof authCalls>;
  readonly access: ReturnType<typeof accessCalls>;
  readonly teams: ReturnType<typeof teamCalls>;
  readonly agents: ReturnType<typeof agentCalls> & ReturnType<typeof agentFileCalls>;
  readonly apiKeys: ReturnType<typeof apiKeyCalls>;
  readonly sessions: ReturnType<typeof sessionCalls>;
  readonly conversations: ReturnType<typeof conversationCalls>;
  readonly contacts: ReturnType<typeof contactCalls>;
  readonly messages: ReturnType<typeof messageCalls>;
  readonly interactions: ReturnType<typeof interactionCalls>;
  readonly channels: ReturnType<typeof channelCalls>;
  readonly inbox: ReturnType<typeof inboxCalls>;
  readonly dashboard: ReturnType<typeof dashboardCalls>;
  readonly audit: ReturnType<typeof auditCalls>;
  readonly reports: ReturnType<typeof reportCalls>;
  readonly thresholds: ReturnType<typeof thresholdCalls>;
  readonly alerts: ReturnType<typeof alertCalls>;
  readonly webhooks: ReturnType<typeof webhookCalls>;
  readonly chatwootAccounts: ReturnType<typeof chatwootCalls>;
  private readonly send: Send;

  constructor(options: MusterOptions) {
    this.url = options.url.replace(/\/+$/, '');
    this.clock = options.clock ?? systemClock();
    this.random = options.random ?? Math.random;
    this.credentials = new Credentials(options.token ?? null, options.store ?? memoryStore(), (refreshToken) =>
      http.send<LoginAnswer>({ method: 'POST', path: '/auth/refresh', body: { refreshToken }, anonymous: true }),
    );
    const http = this.httpOf(options);
    this.send = (call) => http.send(call);
    this.auth = authCalls(this.send, this.credentials);
    this.access = accessCalls(this.send);
    this.teams = teamCalls(this.send);
    const { url, credentials } = this;
    const fetch = fetchOf(options);
    this.agents = { ...agentCalls(this.send), ...agentFileCalls({ url, credentials, fetch }) };
    this.apiKeys = apiKeyCalls(this.send);
    this.sessions = sessionCalls(this.send);
    this.conversations = conversationCalls(this.send);
    this.contacts = contactCalls(this.send, { url, credentials, fetch });
    this.messages = messageCalls(this.send);
    this.interactions = interactionCalls(this.send);
    this.channels = channelCalls(this.send);
    this.inbox = inboxCalls(this.send);
    this.dashboard = dashboardCalls(this.send);
    this.audit = auditCalls(this.send, { url, credentials, fetch });
    this.reports = reportCalls(this.send, { url, credentials, fetch });
    this.thresholds = thresholdCalls(this.send);
    this.alerts = alertCalls(this.send);
    this.webhooks = webhookCalls(this.send);
    this.chatwootAccounts = chatwootCalls(this.send);
  }

  /** The caller: who, in which team, with which rights. */
  me(options: CallOptions = {}): Promise<Me> {
    return this.send<Me>({ ...options, method: 'GET', path: '/me' });
  }

  /** The permission catalogue, by module, in display order. */
  permissions(options: CallOptions = {}): Promise<{ data: PermissionModule[] }> {
    return this.send({ ...options, method: 'GET', path: '/permissions' });
  }

  private httpOf(options: MusterOptions): Http {
    const { url, clock, random, credentials } = this;
    const { timeoutMs = 30_000, retries = 3 } = options;
    return new Http({ url, clock, random, timeoutMs, retries, fetch: fetchOf(options) }, credentials);
  }
}

function fetchOf({ fetch: ask = globalThis.fetch }: MusterOptions): typeof fetch {
  return ask.bind(globalThis);
}

function authCalls(send: Send, credentials: Credentials) {
  return {
    /** Signs in; from then on all calls and connections speak as this agent. */
    login: async (body: LoginRequest, options: CallOptions = {}) => {
      const answer = await send<LoginAnswer>({
        ...options,
        method: 'POST',
        path: '/auth/login',
        body,
        anonymous: true,
      });
      credentials.adopt(answer);
      return answer;
    },
    /** Sets the first password of an invited agent, who can sign in then; what was issued before ends. */
    acceptInvitation: (body: AcceptInvitationRequest, options: CallOptions = {}) =>
      send<ChangedPassword>({ ...options, method: 'POST', path: '/auth/invitations/accept', body, anonymous: true }),
    /** Changes one's own password; every other session and every API key of one's own ends. */
    changePassword: (body: ChangePasswordRequest, options: CallOptions = {}) =>
      send<ChangedPassword>({ ...options, method: 'POST', path: '/auth/password', body }),
    /** Asks for a mail to set a new password with, or sets it with what the mail brought. */
    resetPassword: (body: ResetPasswordRequest, options: CallOptions = {}) =>
      send<PasswordResetAnswer>({ ...options, method: 'POST', path: '/auth/password/reset', body, anonymous: true }),
    /** Renews the access token now; otherwise that happens by itself. */
    refresh: async () => void (await credentials.renew()),
    /** Forgets the session, and ends it at the server where that can be reached. Null: there was none. */
    logout: async (options: CallOptions = {}) => {
      const token = await credentials.surrender();
      if (token === null) return null;
      return send<LogoutAnswer>({ ...options, method: 'POST', path: '/auth/logout', token });
    },
  };
}
