import type { MusterApi } from '#client';
import { MusterProblem } from '#client';
import type { AgentView } from '#contracts';
import { makeAvailable } from '../support/availability.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam } from '../support/people.js';

const RACES = 100;
/** Assignments that race with one deactivation. */
const ASKING = 4;

describe('an agent who is deactivated while others assign to it', () => {
  let installation: TestInstallation;
  let clients: MusterApi[];

  beforeAll(async () => {
    installation = await startNodes(2);
    clients = [await installation.admin(), await installation.admin(installation.nodes[1])];
  });

  afterAll(() => installation.stop());

  const client = (n: number) => clients[n % 2];

  it(`has nothing from the reply on, ${RACES} times on two nodes`, async () => {
    const team = await createTeam(client(0), ['inbox.read', 'inbox.reply'], { capacity: 100 });
    const outcomes = { assigned: 0, refused: 0 };
    for (let race = 0; race < RACES; race++) {
      const agent = await makeAvailable(installation, client(race), await createAgent(client(race), team));
      await runRace(race, agent, outcomes);
    }
    // Both outcomes come up, or nothing raced.
    expect(Math.min(outcomes.assigned, outcomes.refused)).toBeGreaterThan(0);
  }, 240_000);

  async function runRace(race: number, agent: AgentView, outcomes: { assigned: number; refused: number }) {
    const conversations = await Promise.all(
      Array.from({ length: ASKING }, () => client(race).conversations.create({ contact: { phone: '+5511987654321' } })),
    );
    const asked = conversations.map(({ id }, n) =>
      outcomeOf(client(n).conversations.assign(id, { agentId: agent.id })),
    );
    await client(race).agents.update(agent.id, { status: 'inactive' });
    const [here, there] = await Promise.all([0, 1].map((n) => holdings(client(n), agent)));
    expect({ race, here, there }).toEqual({ race, here: 0, there: 0 });
    for (const outcome of await Promise.all(asked)) outcomes[outcome]++;
    expect({ race, later: await holdings(client(race + 1), agent) }).toEqual({ race, later: 0 });
  }

  async function holdings(api: MusterApi, { id }: AgentView): Promise<number> {
    return (await api.conversations.list({ assigneeId: id, status: 'open' })).data.length;
  }

  async function outcomeOf(call: Promise<unknown>): Promise<'assigned' | 'refused'> {
    try {
      await call;
      return 'assigned';
    } catch (error) {
      if (error instanceof MusterProblem && error.problem.reasons?.join() === 'inactive') return 'refused';
      throw error;
    }
  }
});
