/** For each route that writes a call that succeeds, so that a test can look at what all of them leave behind. */
import { sayAvailable } from './availability.js';
import { randomUUID } from 'node:crypto';
import type { MusterApi } from '#client';
import { PasswordTokens } from '../../src/auth/tokens/password-tokens.service.js';
import { Database } from '../../src/platform/database/database.js';
import type { TestInstallation } from './nodes.js';
import { createAgent, createTeam, loginAs, PASSWORD } from './people.js';
import { PlainSocket } from './live.js';

/** What the calls start from. */
export interface WriteContext {
  installation: TestInstallation;
  admin: MusterApi;
}

/** One call; `by` is an administrator unless said otherwise. */
export interface Write {
  path: string;
  /** JSON, or a text of the type that `headers` says. */
  body?: unknown;
  by?: MusterApi;
  headers?: Record<string, string>;
}

/** Whose conversations they are about. */
export const CUSTOMER = '+5521970316428';

type Prepare = (context: WriteContext) => Promise<Write>;

const agentBody = (teamId: string) => ({
  name: 'Ana Souza',
  email: `${randomUUID()}@example.com`,
  phone: '+5511912345678',
  teamId,
});

const thresholdBody = () => ({
  name: `Threshold ${randomUUID()}`,
  kind: 'density' as const,
  comparison: 'above' as const,
  value: 6,
});

const chatwootBody = () => ({ name: 'Chatwoot', accountId: Math.ceil(Math.random() * 1e9), secrets: ['secret'] });

/** No such host: nothing is called. */
const webhookBody = () => ({ url: 'https://receiver.invalid/hook', events: ['agent.deactivated' as const] });

async function makeAgent({ admin }: WriteContext) {
  const team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
  return { team, agent: await createAgent(admin, team) };
}

/** Somebody who can take conversations, and no longer can when the installation stops. */
async function makeAvailable(context: WriteContext) {
  const { agent } = await makeAgent(context);
  const api = await loginAs(context.installation, agent);
  await PlainSocket.connect(`${context.installation.node.url}/inbox`, (await api.credentials.bearer()) ?? '');
  await sayAvailable(context.admin, agent);
  return agent;
}

/** Somebody logged in, and the id of the session. */
async function makeSession(context: WriteContext) {
  const { agent } = await makeAgent(context);
  const by = await loginAs(context.installation, agent);
  const { data } = await by.sessions.list();
  return { agent, by, id: data[0]?.id ?? '' };
}

/** What a mail would have brought. */
async function makeResetToken({ installation, admin }: WriteContext, agentId: string): Promise<string> {
  const { workspace } = await admin.me();
  const [database, tokens] = [installation.node.app.get(Database), installation.node.app.get(PasswordTokens)];
  const options = { kind: 'reset', lifetimeMs: 3_600_000, isMailed: false } as const;
  const { secret } = await database.transaction(workspace.id, (em) =>
    tokens.add(em, { id: agentId, workspaceId: workspace.id }, options),
  );
  return secret;
}

function makeConversation({ admin }: WriteContext) {
  return admin.conversations.create({ contact: { phone: CUSTOMER } });
}

const randomDigits = () => String(Math.floor(Math.random() * 1e15));

/** By verb and path, as in the API's description. */
export const WRITES: Record<string, Prepare> = {
  'POST /teams': async () => ({ path: '/teams', body: { name: `Team ${randomUUID()}`, permissions: [] } }),
  'PATCH /teams/{id}': async ({ admin }) => {
    const { id } = await createTeam(admin, ['inbox.read']);
    return { path: `/teams/${id}`, body: { permissions: [] } };
  },
  'DELETE /teams/{id}': async ({ admin }) => ({ path: `/teams/${(await createTeam(admin, [])).id}` }),
  'POST /agents': async ({ admin }) => ({ path: '/agents', body: agentBody((await createTeam(admin, [])).id) }),
  'PATCH /agents/{id}': async (context) => {
    const { agent } = await makeAgent(context);
    return { path: `/agents/${agent.id}`, body: { status: 'inactive' } };
  },
  'DELETE /agents/{id}': async (context) => ({ path: `/agents/${(await makeAgent(context)).agent.id}` }),
  'POST /agents/bulk': async (context) => {
    const { agent } = await makeAgent(context);
    return { path: '/agents/bulk', body: { ids: [agent.id], set: { hidePhone: true } } };
  },
  'POST /agents/import': async ({ admin }) => {
    const { name } = await createTeam(admin, []);
    const file = `name,email,phone,team\nAna Souza,${randomUUID()}@example.com,+5511912345678,${name}\n`;
    return { path: '/agents/import', body: file, headers: { 'content-type': 'text/csv' } };
  },
  'POST /agents/{id}/invitation': async (context) => ({
    path: `/agents/${(await makeAgent(context)).agent.id}/invitation`,
  }),
  'PUT /agents/{id}/presence': async (context) => {
    const { agent } = await makeAgent(context);
    return { path: `/agents/${agent.id}/presence`, body: { availability: 'busy' } };
  },
  'POST /api-keys': async () => ({ path: '/api-keys', body: { name: 'Key', permissions: ['inbox.read'] } }),
  'DELETE /api-keys/{id}': async ({ admin }) => {
    const { id } = await admin.apiKeys.create({ name: 'Key', permissions: ['inbox.read'] });
    return { path: `/api-keys/${id}` };
  },
  'POST /auth/invitations/accept': async ({ admin }) => {
    const team = await createTeam(admin, ['inbox.read']);
    const { invitation } = await admin.agents.create(agentBody(team.id));
    return { path: '/auth/invitations/accept', body: { token: invitation?.token, password: PASSWORD } };
  },
  'POST /auth/logout': async (context) => ({ path: '/auth/logout', by: (await makeSession(context)).by }),
  'POST /auth/password': async (context) => ({
    path: '/auth/password',
    body: { currentPassword: PASSWORD, newPassword: `${PASSWORD}-new` },
    by: (await makeSession(context)).by,
  }),
  'POST /auth/password/reset': async (context) => {
    const { agent } = await makeAgent(context);
    return {
      path: '/auth/password/reset',
      body: { token: await makeResetToken(context, agent.id), password: PASSWORD },
    };
  },
  'DELETE /sessions': async (context) => ({ path: `/sessions?agentId=${(await makeSession(context)).agent.id}` }),
  'DELETE /sessions/{id}': async (context) => ({ path: `/sessions/${(await makeSession(context)).id}` }),
  'POST /channels': async () => ({
    path: '/channels',
    body: { name: 'Line', phoneNumberId: randomDigits(), token: 'token' },
  }),
  'POST /chatwoot-accounts': async () => ({ path: '/chatwoot-accounts', body: chatwootBody() }),
  'PATCH /chatwoot-accounts/{id}': async ({ admin }) => {
    const { id } = await admin.chatwootAccounts.create(chatwootBody());
    return { path: `/chatwoot-accounts/${id}`, body: { secrets: ['another-secret'] } };
  },
  'DELETE /chatwoot-accounts/{id}': async ({ admin }) => {
    const { id } = await admin.chatwootAccounts.create(chatwootBody());
    return { path: `/chatwoot-accounts/${id}` };
  },
  'POST /thresholds': async () => ({ path: '/thresholds', body: thresholdBody() }),
  'PATCH /thresholds/{id}': async ({ admin }) => {
    const { id } = await admin.thresholds.create(thresholdBody());
    return { path: `/thresholds/${id}`, body: { value: 7 } };
  },
  'DELETE /thresholds/{id}': async ({ admin }) => {
    const { id } = await admin.thresholds.create(thresholdBody());
    return { path: `/thresholds/${id}` };
  },
  'POST /webhooks': async () => ({ path: '/webhooks', body: webhookBody() }),
  'PATCH /webhooks/{id}': async ({ admin }) => {
    const { id } = await admin.webhooks.create(webhookBody());
    return { path: `/webhooks/${id}`, body: { enabled: false } };
  },
  'DELETE /webhooks/{id}': async ({ admin }) => {
    const { id } = await admin.webhooks.create(webhookBody());
    return { path: `/webhooks/${id}` };
  },
  'POST /webhooks/{id}/rotate': async ({ admin }) => {
    const { id } = await admin.webhooks.create(webhookBody());
    return { path: `/webhooks/${id}/rotate` };
  },
  'POST /webhooks/{id}/test': async ({ admin }) => {
    const { id } = await admin.webhooks.create(webhookBody());
    return { path: `/webhooks/${id}/test` };
  },
  'PATCH /channels/{id}': async ({ admin }) => {
    const { id } = await admin.channels.create({ name: 'Line', phoneNumberId: randomDigits() });
    return { path: `/channels/${id}`, body: { token: 'another-token' } };
  },
  'PATCH /contacts/{id}': async (context) => ({
    path: `/contacts/${(await makeConversation(context)).contact.id}`,
    body: { name: 'Carla' },
  }),
  'POST /contacts/{id}/reveal': async (context) => ({
    path: `/contacts/${(await makeConversation(context)).contact.id}/reveal`,
    body: { reason: 'The customer asked to be called back' },
  }),
  'DELETE /contacts/{id}': async (context) => ({ path: `/contacts/${(await makeConversation(context)).contact.id}` }),
  'POST /conversations': async () => ({ path: '/conversations', body: { contact: { phone: CUSTOMER } } }),
  'POST /conversations/{id}/assign': async (context) => {
    const [{ id }, agent] = [await makeConversation(context), await makeAvailable(context)];
    return { path: `/conversations/${id}/assign`, body: { agentId: agent.id } };
  },
  'POST /conversations/{id}/unassign': async (context) => {
    const [{ id }, agent] = [await makeConversation(context), await makeAvailable(context)];
    await context.admin.conversations.assign(id, { agentId: agent.id });
    return { path: `/conversations/${id}/unassign` };
  },
  'POST /conversations/{id}/transfer': async (context) => {
    const { id } = await makeConversation(context);
    return { path: `/conversations/${id}/transfer`, body: { teamId: (await createTeam(context.admin, [])).id } };
  },
  'POST /conversations/{id}/resolve': async (context) => ({
    path: `/conversations/${(await makeConversation(context)).id}/resolve`,
  }),
  'POST /conversations/{id}/reopen': async (context) => {
    const { id } = await makeConversation(context);
    await context.admin.conversations.resolve(id);
    return { path: `/conversations/${id}/reopen` };
  },
};
