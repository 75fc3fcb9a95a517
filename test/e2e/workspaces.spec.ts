import type { MusterApi } from '#client';
import type { AgentView, TeamView } from '#contracts';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam } from '../support/people.js';
import { problemOf } from '../support/problem.js';
import { createSecondWorkspace } from '../support/second-workspace.js';

describe('two workspaces in one installation', () => {
  let installation: TestInstallation;
  let ours: MusterApi;
  let theirs: MusterApi;

  beforeAll(async () => {
    installation = await startNodes(1);
    theirs = await createSecondWorkspace(installation);
    ours = await installation.admin();
  });

  afterAll(() => installation.stop());

  it('lets the same e-mail and team name live in both, and finds the right one by the password', async () => {
    expect((await ours.me()).workspace.slug).toBe('default');
    expect((await theirs.me()).workspace.slug).toBe('other');
    const [here, there] = await Promise.all(
      [ours, theirs].map((api) => api.teams.create({ name: 'Same', permissions: [] })),
    );
    expect(here?.id).not.toBe(there?.id);
  });

  it('shows nothing of the other, by whatever id', async () => {
    const team = await createTeam(theirs, ['inbox.read']);
    const agent = await createAgent(theirs, team);
    const conversation = await theirs.conversations.create({ contact: { phone: '+5511987654321' } });
    const key = await theirs.apiKeys.create({ name: 'Theirs', permissions: ['inbox.read'] });
    for (const call of callsOn(team, agent, conversation.id, key.id)) {
      expect((await problemOf(call())).code).toBe('not_found');
    }
    for (const refused of [
      createAgent(ours, team),
      ours.conversations.create({ contact: { phone: '+5511987654321' }, teamId: team.id }),
    ]) {
      expect((await problemOf(refused)).errors[0]?.code).toBe('team_not_found');
    }
    const mine = await ours.conversations.create({ contact: { phone: '+5511987654321' } });
    expect((await problemOf(ours.conversations.assign(mine.id, { agentId: agent.id }))).errors[0]?.code).toBe(
      'agent_not_found',
    );
    expect(mine.contact.id).not.toBe(conversation.contact.id);
    const answer = await ours.interactions.report([
      { id: 'x', conversationId: conversation.id, direction: 'inbound', at: new Date().toISOString() },
    ]);
    expect(answer.rejected[0]?.code).toBe('conversation_not_found');
    for (const list of [
      ours.agents.list({ limit: 200 }),
      ours.conversations.list({ limit: 200 }),
      ours.apiKeys.list(),
    ]) {
      expect(JSON.stringify(await list)).not.toMatch(new RegExp(`${agent.id}|${conversation.id}|${key.id}`));
    }
  });

  it('asks for the workspace when the password fits in both', async () => {
    for (const api of [ours, theirs]) {
      const team = await createTeam(api, ['inbox.read']);
      await createAgent(api, team, { email: 'twice@example.com', password: 'same-password-in-both' });
    }
    const login = (workspace?: string) =>
      installation.client().auth.login({ email: 'twice@example.com', password: 'same-password-in-both', workspace });
    expect(await problemOf(login())).toMatchObject({ status: 409, code: 'workspace_required' });
    expect((await login('other')).agent.email).toBe('twice@example.com');
    expect((await problemOf(login('nowhere'))).code).toBe('invalid_credentials');
  });

  function callsOn(
    team: TeamView,
    agent: AgentView,
    conversationId: string,
    keyId: string,
  ): (() => Promise<unknown>)[] {
    return [
      () => ours.teams.get(team.id),
      () => ours.teams.update(team.id, { name: 'Mine' }),
      () => ours.teams.delete(team.id),
      () => ours.agents.get(agent.id),
      () => ours.agents.update(agent.id, { name: 'Mine' }),
      () => ours.agents.delete(agent.id),
      () => ours.agents.permissions(agent.id),
      () => ours.access.check({ agentId: agent.id, permissions: ['inbox.read'] }),
      () => ours.agents.setPresence(agent.id, { availability: 'busy' }),
      () => ours.conversations.get(conversationId),
      () => ours.conversations.assign(conversationId, { agentId: agent.id }),
      () => ours.conversations.unassign(conversationId),
      () => ours.conversations.resolve(conversationId),
      () => ours.conversations.reopen(conversationId),
      () => ours.apiKeys.delete(keyId),
    ];
  }
});
