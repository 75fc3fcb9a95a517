import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { everyPage, type MusterApi } from '#client';
import type { AgentView, TeamView } from '#contracts';
import { AgentsService } from '../../src/agents/agents.service.js';
import { DemoService } from '../../src/demo/demo.service.js';
import { Config } from '../../src/platform/config/config.js';
import { Database } from '../../src/platform/database/database.js';
import { EventBus } from '../../src/platform/events/event-bus.js';
import { TeamsService } from '../../src/teams/teams.service.js';
import { ADMIN, startNodes, type TestInstallation } from '../support/nodes.js';

async function agentsOf(api: MusterApi): Promise<AgentView[]> {
  const agents: AgentView[] = [];
  for await (const agent of everyPage(api.agents.list, { limit: 200, sort: 'createdAt' })) agents.push(agent);
  return agents;
}

async function teamsOf(api: MusterApi): Promise<TeamView[]> {
  return (await api.teams.list({ limit: 200 })).data;
}

describe('a Muster with the demo on', () => {
  let muster: TestInstallation;
  let admin: MusterApi;

  beforeAll(async () => {
    muster = await startNodes(1, { MUSTER_DEMO: 'on' });
    admin = await muster.admin();
  });
  afterAll(() => muster.stop());

  it('has five teams and two hundred agents beside the administrator', async () => {
    const teams = await teamsOf(admin);
    const sizes = teams.map(({ name, agents }) => `${name} ${agents}`).toSorted();
    expect(sizes).toEqual([
      'Administrators 1',
      'Billing 32',
      'Night desk 28',
      'Onboarding 28',
      'Sales 48',
      'Support 64',
    ]);
    const agents = await agentsOf(admin);
    expect(agents).toHaveLength(201);
    expect(new Set(agents.map(({ id }) => id)).size).toBe(201);
    expect(agents.filter(({ status }) => status === 'inactive').length).toBeGreaterThan(3);
    expect(agents.filter(({ hidePhone }) => hidePhone).length).toBeGreaterThan(3);
  });

  it('lets one log in as any active agent with the password of the administrator', async () => {
    const agent = (await agentsOf(admin)).find(({ team, status }) => team.name === 'Night desk' && status === 'active');
    const api = muster.client();
    await api.auth.login({ email: agent?.email ?? '', password: ADMIN.password });
    const me = await api.me();
    expect(me.team.name).toBe('Night desk');
    expect(me.permissions).toEqual(expect.arrayContaining(['inbox.reply', 'dashboard.view']));
  });

  it('is made once, and not again when another node starts', async () => {
    await muster.start();
    expect(await agentsOf(admin)).toHaveLength(201);
  });
});

/** What nodes with `MUSTER_DEMO=on` do when they start. */
function demoOf({ node: { app } }: TestInstallation): DemoService {
  const config = Object.assign(Object.create(app.get(Config)) as Config, { demo: true });
  return new DemoService(app.get(Database), app.get(TeamsService), app.get(AgentsService), app.get(EventBus), config);
}

describe('making the demo', () => {
  let muster: TestInstallation;
  let admin: MusterApi;

  beforeEach(async () => {
    muster = await startNodes(1);
    admin = await muster.admin();
  });
  afterEach(() => muster.stop());

  it('happens once, however many nodes start together', async () => {
    const demo = demoOf(muster);
    await Promise.all([demo.onApplicationBootstrap(), demo.onApplicationBootstrap(), demo.onApplicationBootstrap()]);
    expect(await agentsOf(admin)).toHaveLength(201);
  });

  it('does not happen where somebody has begun to work, even if that is gone again', async () => {
    const team = await admin.teams.create({ name: 'Ours', permissions: [] });
    await demoOf(muster).onApplicationBootstrap();
    expect(await teamsOf(admin)).toHaveLength(2);
    await admin.teams.delete(team.id);
    await demoOf(muster).onApplicationBootstrap();
    expect(await agentsOf(admin)).toHaveLength(1);
  });
});
