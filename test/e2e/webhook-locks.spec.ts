/** Endpoints that change while what they ask for happens. */
import pg from 'pg';
import { type MusterApi, MusterProblem } from '#client';
import type { AgentView, TeamView, WebhookEvent } from '#contracts';
import { makeAvailable } from '../support/availability.js';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam } from '../support/people.js';

const EVENTS: WebhookEvent[] = ['conversation.assigned', 'conversation.unassigned', 'agent.deactivated'];

describe('endpoints that change while what they ask for happens', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let client: pg.Client;
  let locks: pg.Client;
  let team: TeamView;
  let agent: AgentView;

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
    [client, locks] = [1, 2].map(() => new pg.Client({ connectionString: installation.databaseUrl }));
    await Promise.all([client.connect(), locks.connect()]);
    team = await createTeam(admin, ['inbox.read', 'inbox.reply'], { capacity: 1_000 });
    agent = await makeAvailable(installation, admin, await createAgent(admin, team));
  });

  afterAll(async () => {
    await Promise.all([client.end(), locks.end()]);
    await installation.stop();
  });

  const define = (path: string) => admin.webhooks.create({ url: `https://receiver.invalid${path}`, events: EVENTS });
  const open = () => admin.conversations.create({ contact: { phone: '+5511987654321' } });
  const waiting = async () => (await locks.query('select 1 from pg_locks where not granted')).rowCount;

  it('hold up no assignment, and none that is committed together with it', async () => {
    const { id } = await define('/disabled');
    const { id: first } = await open();
    await admin.conversations.assign(first, { agentId: agent.id });
    // It was tried, so that nobody but us and the update is at it.
    await eventually(
      async () => (await admin.webhooks.deliveries(id)).data[0]?.nextAttemptAt,
      (next) => typeof next === 'string',
    );
    await client.query('begin');
    // What the endpoint still was to get, which is given up with the endpoint locked.
    await client.query('select from webhook_delivery where endpoint_id = $1 for update', [id]);
    let isDisabled = false;
    const disabled = admin.webhooks.update(id, { enabled: false }).then(() => (isDisabled = true));
    await eventually(waiting, (count) => count === 1);
    const conversations = await Promise.all(Array.from({ length: 5 }, open));
    const given = await Promise.all(
      conversations.map((one) => admin.conversations.assign(one.id, { agentId: agent.id })),
    );
    expect(given.map(({ assignee }) => assignee?.id)).toEqual(Array(5).fill(agent.id));
    expect(isDisabled).toBe(false);
    await client.query('rollback');
    expect(await disabled).toBe(true);
    await admin.webhooks.delete(id);
  });

  it('and all that is audited never wait for each other in a circle', async () => {
    const before = await deadlocks();
    const other = await installation.admin(installation.nodes[1]);
    const outcomes = await Promise.all(Array.from({ length: 6 }, (_, turn) => disturb(turn % 2 ? admin : other)));
    expect(outcomes.flat().filter((code) => !['stale_version', 'not_found'].includes(code))).toEqual([]);
    expect(await deadlocks()).toBe(before);
  });

  /** An endpoint's life, with assignments beside it; the codes of what was refused. */
  async function disturb(api: MusterApi): Promise<string[]> {
    const refused: string[] = [];
    const perhaps = async (work: Promise<unknown>) => {
      await work.catch((error: unknown) =>
        refused.push(error instanceof MusterProblem ? error.problem.code : String(error)),
      );
    };
    const assign = async () => {
      const { id } = await open();
      await perhaps(api.conversations.assign(id, { agentId: agent.id }));
      await perhaps(api.conversations.unassign(id));
    };
    const { id } = await define('/busy');
    const { data } = await api.webhooks.list();
    for (const each of [...data.map((one) => one.id), id]) {
      await Promise.all([
        perhaps(api.webhooks.update(each, { description: `Busy ${Math.random()}` })),
        perhaps(api.webhooks.rotate(each)),
        perhaps(api.webhooks.update(each, { enabled: Math.random() < 0.5 })),
        assign(),
        assign(),
      ]);
    }
    await Promise.all([perhaps(api.webhooks.delete(id)), assign(), assign()]);
    return refused;
  }

  async function deadlocks(): Promise<number> {
    const { rows } = await locks.query<{ n: number }>(
      'select deadlocks::int as n from pg_stat_database where datname = current_database()',
    );
    return rows[0]?.n ?? -1;
  }

  it('fails nothing that happens while an endpoint is deleted', async () => {
    const { id } = await define('/going');
    const { id: agentId } = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    await client.query('begin');
    await client.query('delete from webhook_endpoint where id = $1', [id]);
    const changed = admin.agents.update(agentId, { status: 'inactive' });
    const isWaiting = async () => (await admin.me()) && (await waiting()) === 1;
    await eventually(isWaiting, (is) => is);
    await client.query('commit');
    expect((await changed).status).toBe('inactive');
  });
});
