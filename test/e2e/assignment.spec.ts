import { randomUUID } from 'node:crypto';
import type { MusterApi } from '#client';
import type { AgentView, ConversationView, NotAssignableReason, TeamView } from '#contracts';
import { connect, makeAvailable } from '../support/availability.js';
import { PlainSocket } from '../support/live.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

describe('assignment', () => {
  let installation: TestInstallation;
  let admin: MusterApi;

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
  });

  afterAll(() => installation.stop());

  const replyTeam = (rest: Partial<TeamView> = {}) => createTeam(admin, ['inbox.read', 'inbox.reply'], rest);
  const open = (teamId?: string): Promise<ConversationView> =>
    admin.conversations.create({ contact: { phone: '+5511987654321' }, teamId });
  const available = (agent: AgentView) => makeAvailable(installation, admin, agent);

  describe('refuses with every reason', () => {
    /** Makes somebody who can take a conversation, then what is said of them. */
    const KINDS: [string, NotAssignableReason[], () => Promise<AgentView>][] = [
      [
        'an inactive agent',
        ['inactive'],
        async () => {
          const agent = await member();
          await admin.agents.update(agent.id, { status: 'inactive' });
          return agent;
        },
      ],
      [
        'an agent of an inactive team',
        ['team_inactive'],
        async () => {
          const team = await replyTeam();
          const agent = await available(await createAgent(admin, team));
          await admin.teams.update(team.id, { status: 'inactive' });
          return agent;
        },
      ],
      [
        'an agent whose team may not answer',
        ['no_reply_permission'],
        async () => {
          const agent = await member();
          const reading = await createTeam(admin, ['inbox.read']);
          await admin.agents.update(agent.id, { teamId: reading.id });
          return agent;
        },
      ],
      ['an agent who is not connected', ['offline'], async () => createAgent(admin, await replyTeam())],
      ['an agent who is busy', ['busy'], () => member('busy')],
      [
        'an agent who is away',
        ['away'],
        async () => {
          const agent = await createAgent(admin, await replyTeam());
          await connect(installation, admin, agent);
          return agent;
        },
      ],
      [
        'an agent with the capacity of nobody',
        ['at_capacity'],
        async () => available(await createAgent(admin, await replyTeam(), { capacity: 0 })),
      ],
      [
        "an agent who has all that the team's capacity allows",
        ['at_capacity'],
        async () => {
          const agent = await available(await createAgent(admin, await replyTeam({ capacity: 1 })));
          await admin.conversations.assign((await open()).id, { agentId: agent.id });
          return agent;
        },
      ],
      [
        'an agent with nothing in favour',
        ['team_inactive', 'no_reply_permission', 'offline', 'at_capacity'],
        async () => {
          const team = await createTeam(admin, ['inbox.read']);
          const agent = await createAgent(admin, team, { capacity: 0 });
          await admin.teams.update(team.id, { status: 'inactive' });
          return agent;
        },
      ],
    ];

    it.each(KINDS)('%s: %j, as the list says', async (_, reasons, make) => {
      const agent = await make();
      const { id } = await open();
      const refused = { status: 409, code: 'not_assignable', reasons };
      expect(await problemOf(admin.conversations.assign(id, { agentId: agent.id }))).toMatchObject(refused);
      const own = { strategy: 'least-loaded', teamId: (await admin.agents.get(agent.id)).team.id } as const;
      expect(await problemOf(admin.conversations.assign(id, own))).toMatchObject(refused);
      expect(await admin.conversations.get(id)).toMatchObject({ assignee: null, version: 1 });
      const { excluded } = await admin.inbox.assignable();
      expect(excluded.find(({ agentId }) => agentId === agent.id)?.reasons).toEqual(reasons);
    });

    it('an agent who is deleted, and one whom nobody knows: there is none', async () => {
      const agent = await member();
      await admin.agents.delete(agent.id);
      const { id } = await open();
      for (const agentId of [agent.id, randomUUID()]) {
        const problem = await problemOf(admin.conversations.assign(id, { agentId }));
        expect(problem).toMatchObject({ status: 422, errors: [{ code: 'agent_not_found' }] });
      }
    });

    it('an agent of another team where one is asked', async () => {
      const [own, other] = [await replyTeam(), await replyTeam()];
      const agent = await available(await createAgent(admin, other));
      const { excluded } = await admin.inbox.assignable({ teamId: own.id });
      expect(excluded.find(({ agentId }) => agentId === agent.id)?.reasons).toEqual(['other_team']);
      const { id } = await open();
      const refused = await problemOf(admin.conversations.assign(id, { strategy: 'least-loaded', teamId: own.id }));
      expect(refused).toMatchObject({ code: 'not_assignable', reasons: ['other_team'] });
    });

    async function member(availability?: 'busy'): Promise<AgentView> {
      const agent = await available(await createAgent(admin, await replyTeam()));
      if (availability) await admin.agents.setPresence(agent.id, { availability });
      return agent;
    }
  });

  it('takes the capacity of the agent before that of the team, and follows both', async () => {
    const team = await replyTeam({ capacity: 1 });
    const agent = await available(await createAgent(admin, team));
    const assigned = async () => {
      const call = admin.conversations.assign((await open()).id, { agentId: agent.id });
      return call.then(
        () => 'ok',
        async () => (await problemOf(call)).reasons,
      );
    };
    expect([await assigned(), await assigned()]).toEqual(['ok', ['at_capacity']]);
    await admin.teams.update(team.id, { capacity: 2 });
    expect([await assigned(), await assigned()]).toEqual(['ok', ['at_capacity']]);
    await admin.agents.update(agent.id, { capacity: 3 });
    expect([await assigned(), await assigned()]).toEqual(['ok', ['at_capacity']]);
    await admin.agents.update(agent.id, { capacity: null });
    expect((await admin.agents.get(agent.id)).load).toMatchObject({ open: 3, capacity: 2 });
    expect(await assigned()).toEqual(['at_capacity']);
  });

  describe('to another team', () => {
    it('leaves the conversation to the team and takes it from an agent of another, who is told', async () => {
      const [from, to] = [await replyTeam(), await replyTeam()];
      const agent = await available(await createAgent(admin, from));
      const { id } = await open(from.id);
      await admin.conversations.assign(id, { agentId: agent.id });
      const api = await loginAs(installation, agent, installation.nodes[1]);
      const socket = await PlainSocket.connect(
        `${installation.nodes[1]?.url}/inbox`,
        (await api.credentials.bearer()) ?? '',
      );
      const told = socket.next<ConversationView>('conversation.unassigned');
      const moved = await admin.conversations.transfer(id, to.id);
      expect(moved).toMatchObject({ team: { id: to.id }, assignee: null, version: 3 });
      expect(await told).toMatchObject({ id, team: { id: to.id }, assignee: null });
      socket.close();
      const { data } = await admin.audit.list({ targetId: id, limit: 2 });
      expect(data.map(({ action, before, after }) => ({ action, before, after }))).toEqual(
        expect.arrayContaining([
          { action: 'conversation.transferred', before: { teamId: from.id }, after: { teamId: to.id } },
          { action: 'conversation.unassigned', before: { assigneeId: agent.id }, after: { assigneeId: null } },
        ]),
      );
    });

    it('leaves it to its agent who is of that team', async () => {
      const [from, to] = [await replyTeam(), await replyTeam()];
      const agent = await available(await createAgent(admin, to));
      const { id } = await open(from.id);
      await admin.conversations.assign(id, { agentId: agent.id });
      expect(await admin.conversations.transfer(id, to.id)).toMatchObject({ assignee: { id: agent.id } });
      expect(await admin.conversations.transfer(id, to.id)).toMatchObject({ team: { id: to.id }, version: 3 });
    });

    it('refuses a team that is not there, what is resolved, and who may only answer', async () => {
      const team = await replyTeam();
      const { id, version } = await open();
      const gone = await replyTeam();
      await admin.teams.delete(gone.id);
      for (const teamId of [randomUUID(), gone.id]) {
        const problem = await problemOf(admin.conversations.transfer(id, teamId));
        expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '/teamId', code: 'team_not_found' }] });
      }
      const stale = admin.conversations.transfer(id, team.id, { ifMatch: version + 1 });
      expect((await problemOf(stale)).status).toBe(412);
      const agent = await loginAs(installation, await createAgent(admin, team));
      expect(await problemOf(agent.conversations.transfer(id, team.id))).toMatchObject({
        status: 403,
        permission: 'inbox.assign',
      });
      await admin.conversations.resolve(id);
      expect((await problemOf(admin.conversations.transfer(id, team.id))).code).toBe('conversation_resolved');
    });
  });
});
