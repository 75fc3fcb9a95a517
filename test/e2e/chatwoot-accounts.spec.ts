import { randomUUID } from 'node:crypto';
import { conversationEvent, signed } from '../support/chatwoot/deliveries.js';
import { ChatwootSite, SECRET } from '../support/chatwoot/site.js';
import { createOtherWorkspace } from '../support/other-workspace.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

describe('accounts of Chatwoot, on two nodes', () => {
  const site = new ChatwootSite();

  beforeAll(() => site.start());
  afterAll(() => site.stop());

  describe('believes only Chatwoot', () => {
    const body = JSON.stringify(conversationEvent('4.13', 'conversation_created', { ...site.somebody(), id: 77_777 }));

    it.each([
      ['the token alone', () => ({})],
      ['another secret', () => signed(body, 'another', site.now())],
      ['other bytes', () => signed(`${body} `, SECRET, site.now())],
      ['an old signature', () => signed(body, SECRET, site.now() - 301_000)],
    ])('refuses %s', async (_what, headers) => {
      const answer = await site.post(body, headers());
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'signature_invalid']);
      expect(await site.find(77_777)).toBeUndefined();
    });

    it('refuses an account that is not there like a wrong signature', async () => {
      const path = `/api/v1/chatwoot-accounts/${randomUUID()}/events`;
      expect((await site.post(body, signed(body, SECRET, site.now()), path)).status).toBe(401);
    });

    it('takes the token where Chatwoot does not sign, and no more once it does', async () => {
      const unsigned = await site.admin.chatwootAccounts.create({ name: 'Old', accountId: 2 });
      expect(unsigned.signed).toBe(false);
      const id = site.next();
      const event = (changedAt: number) =>
        JSON.stringify(
          conversationEvent('2.13', 'conversation_created', { ...site.somebody(), id, account: 2, changedAt }),
        );
      const path = unsigned.path.split('?')[0];
      expect((await site.post(event(1e12), {}, path)).status).toBe(401);
      expect((await site.post(event(1e12), {}, `${path}?token=wrong`)).status).toBe(401);
      expect((await site.post(event(1e12), {}, `${unsigned.path}&token=again`)).status).toBe(401);
      expect((await site.post(event(1e12), {}, unsigned.path)).status).toBe(200);
      await site.admin.chatwootAccounts.update(unsigned.id, { secrets: ['new'] });
      expect((await site.post(event(1e12), {}, unsigned.path)).status).toBe(401);
      const last = event(1e12);
      expect((await site.post(last, signed(last, 'new', site.now()), unsigned.path)).status).toBe(200);
    });

    it('skips what is of another account', async () => {
      await site.deliver(site.update({ ...site.somebody(), id: 88_888, account: 2 }));
      expect(await site.find(88_888)).toBeUndefined();
    });

    it('answers what it can not read with success, and what is no JSON with 400', async () => {
      await site.deliver({ event: 'contact_created', id: 4 });
      await site.deliver({ event: 'message_created', conversation: [] });
      expect((await site.post('{', signed('{', SECRET, site.now()))).status).toBe(400);
    });
  });

  describe('accounts', () => {
    it('shows no secret and no token again, and stores neither readably', async () => {
      const listed = JSON.stringify(await site.admin.chatwootAccounts.list());
      const token = site.account.path.split('token=')[1] ?? '';
      expect(token.length).toBeGreaterThan(40);
      const { rows } = await site.database.query('select row_to_json(chatwoot_account)::text from chatwoot_account');
      for (const text of [listed, JSON.stringify(rows), JSON.stringify(await site.admin.audit.list({ limit: 200 }))]) {
        expect(text).not.toContain(SECRET);
        expect(text).not.toContain(token);
      }
    });

    it('refuses a number that is connected, unknown teams and e-mails, and who may not', async () => {
      const again = site.admin.chatwootAccounts.create({ name: 'Again', accountId: 1 });
      expect((await problemOf(again)).code).toBe('chatwoot_account_taken');
      const unknownTeam = site.admin.chatwootAccounts.create({ name: 'Other', accountId: 5, teamId: randomUUID() });
      expect((await problemOf(unknownTeam)).errors[0]?.code).toBe('team_not_found');
      const users = [{ userId: 1, email: 'nobody@example.com' }];
      const unknown = await problemOf(site.admin.chatwootAccounts.update(site.account.id, { users }));
      expect(unknown.errors[0]).toMatchObject({ pointer: '/users/0/email', code: 'agent_not_found' });
      const agent = await createAgent(site.admin, await createTeam(site.admin, ['inbox.read']));
      const api = await loginAs(site.installation, agent);
      expect((await problemOf(api.chatwootAccounts.list())).code).toBe('permission_missing');
      const masked = await createAgent(site.admin, await createTeam(site.admin, ['settings.manage']), {
        hidePhone: true,
      });
      const connecting = (await loginAs(site.installation, masked)).chatwootAccounts.create({
        name: 'Mine',
        accountId: 6,
      });
      expect((await problemOf(connecting)).code).toBe('phone_hidden');
      expect((await problemOf(site.admin.chatwootAccounts.delete(randomUUID()))).code).toBe('not_found');
    });

    it('goes on with its conversations when it is connected again', async () => {
      const made = await site.admin.chatwootAccounts.create({ name: 'Third', accountId: 3 });
      const conversation = { ...site.somebody(), account: 3 };
      const body = JSON.stringify(conversationEvent('4.1', 'conversation_created', conversation));
      expect((await site.post(body, {}, made.path)).status).toBe(200);
      await site.admin.chatwootAccounts.delete(made.id);
      expect((await site.post(body, {}, made.path)).status).toBe(401);
      const again = await site.admin.chatwootAccounts.create({ name: 'Third', accountId: 3 });
      expect((await site.post(body, {}, again.path)).status).toBe(200);
      const { data } = await site.admin.conversations.list({ q: `chatwoot:3:${conversation.id}` });
      expect(data).toHaveLength(1);
    });
  });

  it('keeps workspaces apart: the same numbers and e-mails in another are others', async () => {
    const conversation = site.somebody();
    const { user } = await site.makeNamed();
    await site.deliver(site.update({ ...conversation, assignee: user }));
    const theirs = await createOtherWorkspace(site.installation);
    const connected = await theirs.chatwootAccounts.create({ name: 'Theirs', accountId: 1 });
    const body = JSON.stringify(site.message({ type: 'outgoing', user }, { ...conversation, assignee: user }));
    expect((await site.post(body, {}, connected.path)).status).toBe(200);
    const { data } = await theirs.conversations.list();
    expect(data).toEqual([expect.objectContaining({ assignee: null, team: null })]);
    expect((await theirs.chatwootAccounts.list()).data).toMatchObject([{ name: 'Theirs', users: [] }]);
    expect((await problemOf(theirs.chatwootAccounts.delete(site.account.id))).code).toBe('not_found');
    const name = { users: [{ userId: user.id, email: user.email }] };
    expect((await problemOf(theirs.chatwootAccounts.update(connected.id, name))).errors[0]?.code).toBe(
      'agent_not_found',
    );
    expect(
      (await site.post(body, {}, `${site.account.path.split('?')[0]}?${connected.path.split('?')[1]}`)).status,
    ).toBe(401);
  });
});
