import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView, ChatwootAccountWithPath, ConversationView, TeamView } from '#contracts';
import {
  type ChatwootVersion,
  type Conversation,
  conversationEvent,
  type Message,
  messageEvent,
  signed,
  type User,
} from '../support/chatwoot/deliveries.js';
import { createOtherWorkspace } from '../support/other-workspace.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

const SECRET = 'a-secret-that-chatwoot-made';

describe('accounts of Chatwoot, on two nodes', () => {
  let installation: TestInstallation;
  let database: pg.Pool;
  let admin: MusterApi;
  let team: TeamView;
  let account: ChatwootAccountWithPath;
  let numbers = 0;

  beforeAll(async () => {
    installation = await startNodes(2);
    database = new pg.Pool({ connectionString: installation.databaseUrl, max: 2 });
    admin = await installation.admin();
    team = await createTeam(admin, ['inbox.read', 'inbox.reply'], { capacity: 1 });
    account = await admin.chatwootAccounts.create({
      name: 'Support',
      accountId: 1,
      teamId: team.id,
      secrets: [SECRET],
    });
  });

  afterAll(async () => {
    await database.end();
    await installation.stop();
  });

  const url = (node = 0) => installation.nodes[node].url;
  const next = () => ++numbers;

  function post(body: string, headers: Record<string, string>, path = account.path, node = 0): Promise<Response> {
    return fetch(url(node) + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  }

  /** Delivers as Chatwoot does, and expects success. */
  async function deliver(event: Record<string, unknown>, node = 0): Promise<void> {
    const body = JSON.stringify(event);
    const answer = await post(body, signed(body, SECRET, installation.clock.now()), account.path.split('?')[0], node);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  }

  /** A conversation of a customer of its own. */
  function somebody(): Conversation & { id: number } {
    const id = next();
    return { id, customer: { id: 1_000 + id, name: 'Rui Costa', phone_number: `+3519${String(10_000_000 + id)}` } };
  }

  async function find(id: number, api = admin): Promise<ConversationView | undefined> {
    const { data } = await api.conversations.list({ limit: 200 });
    return data.find(({ externalId }) => externalId === `chatwoot:1:${id}`);
  }

  /** A user whose agent was named. */
  async function makeNamed(): Promise<{ agent: AgentView; user: User }> {
    const agent = await createAgent(admin, team);
    const user = { id: 100 + next(), name: agent.name, email: agent.email };
    await admin.chatwootAccounts.update(account.id, { users: [{ userId: user.id, email: user.email }] });
    return { agent, user };
  }

  const update = (conversation: Conversation, version: ChatwootVersion = '4.13') =>
    conversationEvent(version, 'conversation_updated', { changedAt: installation.clock.now(), ...conversation });
  const message = (told: Omit<Message, 'id'>, conversation: Conversation, version: ChatwootVersion = '4.13') =>
    messageEvent(
      version,
      { id: next(), at: installation.clock.now(), ...told },
      { changedAt: installation.clock.now(), ...conversation },
    );

  describe('believes only Chatwoot', () => {
    const body = JSON.stringify(conversationEvent('4.13', 'conversation_created', { ...somebody(), id: 77_777 }));

    it.each([
      ['the token alone', () => ({})],
      ['another secret', () => signed(body, 'another', installation.clock.now())],
      ['other bytes', () => signed(`${body} `, SECRET, installation.clock.now())],
      ['an old signature', () => signed(body, SECRET, installation.clock.now() - 301_000)],
    ])('refuses %s', async (_what, headers) => {
      const answer = await post(body, headers());
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'signature_invalid']);
      expect(await find(77_777)).toBeUndefined();
    });

    it('refuses an account that is not there like a wrong signature', async () => {
      const path = `/api/v1/chatwoot-accounts/${randomUUID()}/events`;
      expect((await post(body, signed(body, SECRET, installation.clock.now()), path)).status).toBe(401);
    });

    it('takes the token where Chatwoot does not sign, and no more once it does', async () => {
      const unsigned = await admin.chatwootAccounts.create({ name: 'Old', accountId: 2 });
      expect(unsigned.signed).toBe(false);
      const id = next();
      const event = (changedAt: number) =>
        JSON.stringify(conversationEvent('2.13', 'conversation_created', { ...somebody(), id, account: 2, changedAt }));
      const path = unsigned.path.split('?')[0];
      expect((await post(event(1e12), {}, path)).status).toBe(401);
      expect((await post(event(1e12), {}, `${path}?token=wrong`)).status).toBe(401);
      expect((await post(event(1e12), {}, `${unsigned.path}&token=again`)).status).toBe(401);
      expect((await post(event(1e12), {}, unsigned.path)).status).toBe(200);
      await admin.chatwootAccounts.update(unsigned.id, { secrets: ['new'] });
      expect((await post(event(1e12), {}, unsigned.path)).status).toBe(401);
      const last = event(1e12);
      expect((await post(last, signed(last, 'new', installation.clock.now()), unsigned.path)).status).toBe(200);
    });

    it('skips what is of another account', async () => {
      await deliver(update({ ...somebody(), id: 88_888, account: 2 }));
      expect(await find(88_888)).toBeUndefined();
    });

    it('answers what it can not read with success, and what is no JSON with 400', async () => {
      await deliver({ event: 'contact_created', id: 4 });
      await deliver({ event: 'message_created', conversation: [] });
      expect((await post('{', signed('{', SECRET, installation.clock.now()))).status).toBe(400);
    });
  });

  describe('accounts', () => {
    it('shows no secret and no token again, and stores neither readably', async () => {
      const listed = JSON.stringify(await admin.chatwootAccounts.list());
      const token = account.path.split('token=')[1] ?? '';
      expect(token.length).toBeGreaterThan(40);
      const { rows } = await database.query('select row_to_json(chatwoot_account)::text from chatwoot_account');
      for (const text of [listed, JSON.stringify(rows), JSON.stringify(await admin.audit.list({ limit: 200 }))]) {
        expect(text).not.toContain(SECRET);
        expect(text).not.toContain(token);
      }
    });

    it('refuses a number that is connected, unknown teams and e-mails, and who may not', async () => {
      const again = admin.chatwootAccounts.create({ name: 'Again', accountId: 1 });
      expect((await problemOf(again)).code).toBe('chatwoot_account_taken');
      const team = admin.chatwootAccounts.create({ name: 'Other', accountId: 5, teamId: randomUUID() });
      expect((await problemOf(team)).errors[0]?.code).toBe('team_not_found');
      const users = [{ userId: 1, email: 'nobody@example.com' }];
      const unknown = await problemOf(admin.chatwootAccounts.update(account.id, { users }));
      expect(unknown.errors[0]).toMatchObject({ pointer: '/users/0/email', code: 'agent_not_found' });
      const agent = await createAgent(admin, await createTeam(admin, ['inbox.read']));
      const api = await loginAs(installation, agent);
      expect((await problemOf(api.chatwootAccounts.list())).code).toBe('permission_missing');
      const masked = await createAgent(admin, await createTeam(admin, ['settings.manage']), { hidePhone: true });
      const connecting = (await loginAs(installation, masked)).chatwootAccounts.create({ name: 'Mine', accountId: 6 });
      expect((await problemOf(connecting)).code).toBe('phone_hidden');
      expect((await problemOf(admin.chatwootAccounts.delete(randomUUID()))).code).toBe('not_found');
    });

    it('goes on with its conversations when it is connected again', async () => {
      const made = await admin.chatwootAccounts.create({ name: 'Third', accountId: 3 });
      const conversation = { ...somebody(), account: 3 };
      const body = JSON.stringify(conversationEvent('4.1', 'conversation_created', conversation));
      expect((await post(body, {}, made.path)).status).toBe(200);
      await admin.chatwootAccounts.delete(made.id);
      expect((await post(body, {}, made.path)).status).toBe(401);
      const again = await admin.chatwootAccounts.create({ name: 'Third', accountId: 3 });
      expect((await post(body, {}, again.path)).status).toBe(200);
      const { data } = await admin.conversations.list({ q: `chatwoot:3:${conversation.id}` });
      expect(data).toHaveLength(1);
    });
  });

  it('keeps workspaces apart: the same numbers and e-mails in another are others', async () => {
    const conversation = somebody();
    const { user } = await makeNamed();
    await deliver(update({ ...conversation, assignee: user }));
    const theirs = await createOtherWorkspace(installation);
    const connected = await theirs.chatwootAccounts.create({ name: 'Theirs', accountId: 1 });
    const body = JSON.stringify(message({ type: 'outgoing', user }, { ...conversation, assignee: user }));
    expect((await post(body, {}, connected.path)).status).toBe(200);
    const { data } = await theirs.conversations.list();
    expect(data).toEqual([expect.objectContaining({ assignee: null, team: null })]);
    expect((await theirs.chatwootAccounts.list()).data).toMatchObject([{ name: 'Theirs', users: [] }]);
    expect((await problemOf(theirs.chatwootAccounts.delete(account.id))).code).toBe('not_found');
    const name = { users: [{ userId: user.id, email: user.email }] };
    expect((await problemOf(theirs.chatwootAccounts.update(connected.id, name))).errors[0]?.code).toBe(
      'agent_not_found',
    );
    expect((await post(body, {}, `${account.path.split('?')[0]}?${connected.path.split('?')[1]}`)).status).toBe(401);
  });
});
