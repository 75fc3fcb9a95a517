import { randomUUID } from 'node:crypto';
import type { MusterApi } from '#client';
import type { AgentView, ConversationView } from '#contracts';
import { MusterProblem } from '#client';
import { PresenceService } from '../../src/presence/presence.service.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam } from '../support/people.js';

/** What a call came to: `ok`, or the code it was refused with. */
async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (error instanceof MusterProblem) return error.problem.code;
    throw error;
  }
}

describe('assignment when many ask at once', () => {
  let installation: TestInstallation;
  let clients: MusterApi[];

  beforeAll(async () => {
    installation = await startNodes(2);
    clients = [await installation.admin(), await installation.admin(installation.nodes[1])];
  });

  afterAll(() => installation.stop());

  const client = (n: number) => clients[n % 2];

  it.each([1, 2, 3])('hands out every place there is and not one more, least loaded first (round %i)', async () => {
    const team = await createTeam(client(0), ['inbox.read', 'inbox.reply'], { capacity: 5 });
    const agents = await Promise.all(Array.from({ length: 5 }, () => createAgent(client(0), team).then(available)));
    const conversations = await open(40);
    const outcomes = await Promise.all(
      conversations.map(({ id }, n) =>
        outcomeOf(client(n).conversations.assign(id, { strategy: 'least-loaded', teamId: team.id })),
      ),
    );
    expect(outcomes.toSorted()).toEqual([...Array<string>(15).fill('not_assignable'), ...Array<string>(25).fill('ok')]);
    for (const { id } of agents) expect((await client(1).agents.get(id)).load).toMatchObject({ open: 5, ratio: 1 });
  });

  it('settles when two ask for the same conversations for different agents, and one of them is deactivated', async () => {
    const team = await createTeam(client(0), ['inbox.read', 'inbox.reply'], { capacity: 50 });
    const [staying, leaving] = await Promise.all([1, 2].map(() => createAgent(client(0), team).then(available)));
    const conversations = await open(20);
    const assigned = conversations.flatMap(({ id }) =>
      [staying, leaving].map((agent, n) => outcomeOf(client(n).conversations.assign(id, { agentId: agent.id }))),
    );
    await client(1).agents.update(leaving.id, { status: 'inactive' });
    const outcomes = await Promise.all(assigned);
    expect(new Set(outcomes).isSubsetOf(new Set(['ok', 'not_assignable']))).toBe(true);
    const seen = await Promise.all(conversations.map(({ id }) => client(0).conversations.get(id)));
    expect(seen.filter(({ assignee }) => assignee?.id === leaving.id)).toEqual([]);
    expect((await client(0).agents.get(leaving.id)).load.open).toBe(0);
    const held = seen.filter(({ assignee }) => assignee?.id === staying.id).length;
    expect((await client(0).agents.get(staying.id)).load.open).toBe(held);
  });

  function open(count: number): Promise<ConversationView[]> {
    const phone = '+5511987654321';
    return Promise.all(Array.from({ length: count }, () => client(0).conversations.create({ contact: { phone } })));
  }

  /** Connected, as by a socket of the inbox, and available. */
  async function available(agent: AgentView): Promise<AgentView> {
    const presence = installation.node.app.get(PresenceService);
    const { workspace } = await client(0).me();
    await presence.connectionOpened({ id: randomUUID(), workspaceId: workspace.id, agentId: agent.id });
    await client(0).agents.setPresence(agent.id, { availability: 'available' });
    return agent;
  }
});
