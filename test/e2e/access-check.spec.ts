import { MusterApi } from '#client';
import { type AgentView, PERMISSIONS, type Permission, type TeamView } from '#contracts';
import pg from 'pg';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

const NOBODY = '0190b8a0-0000-7000-8000-000000000000';

describe('what somebody may do, asked by other services on two nodes', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let elsewhere: MusterApi;
  let team: TeamView;
  let agent: AgentView;

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
    elsewhere = await installation.admin(installation.nodes[1]);
  });

  beforeEach(async () => {
    team = await createTeam(admin, ['inbox.read', 'campaigns.read']);
    agent = await createAgent(admin, team);
  });

  afterAll(() => installation.stop());

  it('is decided for each permission, with the version of the blueprint and why not', async () => {
    const permissions: Permission[] = ['campaigns.read', 'campaigns.manage', 'campaigns.read'];
    expect(await elsewhere.access.check({ agentId: agent.id, permissions })).toEqual({
      allowed: false,
      decisions: { 'campaigns.read': true, 'campaigns.manage': false },
      blueprintVersion: 1,
      agentId: agent.id,
      standing: 'active',
      reasons: { 'campaigns.manage': 'not_in_blueprint' },
    });
    const granted = await elsewhere.access.check({ agentId: agent.id, permissions: ['inbox.read', 'campaigns.read'] });
    expect(granted).toMatchObject({ allowed: true, reasons: {} });
  });

  it('follows a blueprint at once, on the other node, up and down', async () => {
    const asked = { agentId: agent.id, permissions: ['campaigns.manage' as const] };
    for (const [version, has] of [true, false, true].entries()) {
      const permissions: Permission[] = has ? ['inbox.read', 'campaigns.manage'] : ['inbox.read'];
      await admin.teams.update(team.id, { permissions });
      expect(await elsewhere.access.check(asked)).toMatchObject({ allowed: has, blueprintVersion: version + 2 });
    }
  });

  it('is nothing for who is inactive or whose team is, and the same as before afterwards', async () => {
    const ask = () => elsewhere.access.check({ agentId: agent.id, permissions: ['inbox.read', 'inbox.reply'] });
    const before = await ask();
    const nothing = { allowed: false, decisions: { 'inbox.read': false, 'inbox.reply': false } };
    const because = (standing: string) => ({
      ...nothing,
      standing,
      reasons: { 'inbox.read': standing, 'inbox.reply': standing },
    });
    await admin.teams.update(team.id, { status: 'inactive' });
    expect(await ask()).toMatchObject(because('team_inactive'));
    await admin.agents.update(agent.id, { status: 'inactive' });
    expect(await ask()).toMatchObject(because('agent_inactive'));
    await admin.teams.update(team.id, { status: 'active' });
    expect(await ask()).toMatchObject(because('agent_inactive'));
    await admin.agents.update(agent.id, { status: 'active' });
    expect(await ask()).toEqual(before);
  });

  it('may be asked about oneself by anybody, about others only with agents.read or agents.manage', async () => {
    const api = await loginAs(installation, agent, installation.nodes[1]);
    const permissions: Permission[] = ['campaigns.read'];
    const own = { allowed: true, agentId: agent.id };
    expect(await api.access.check({ permissions })).toMatchObject(own);
    expect(await api.access.check({ permissions, agentId: agent.id })).toMatchObject(own);
    const { agent: boss } = await admin.me();
    for (const agentId of [boss.id, NOBODY]) {
      expect(await problemOf(api.access.check({ permissions, agentId }))).toMatchObject({
        status: 403,
        code: 'permission_missing',
        permission: 'agents.read',
      });
    }
    for (const right of ['agents.read', 'agents.manage'] as const) {
      await admin.teams.update(team.id, { permissions: [right] });
      expect((await api.access.check({ permissions, agentId: boss.id })).allowed).toBe(true);
      expect((await problemOf(api.access.check({ permissions, agentId: NOBODY }))).status).toBe(404);
    }
  });

  it('is answered to a key about itself with what it has in common with its maker', async () => {
    const makers = await createTeam(admin, ['api-keys.manage', 'inbox.read', 'campaigns.read']);
    const maker = await loginAs(installation, await createAgent(admin, makers));
    const { key } = await maker.apiKeys.create({ name: 'Campaigns', permissions: ['inbox.read', 'campaigns.read'] });
    const service = new MusterApi({ url: installation.nodes[1]?.url ?? '', token: key });
    const permissions: Permission[] = ['campaigns.read', 'api-keys.manage'];
    expect(await service.access.check({ permissions })).toMatchObject({
      decisions: { 'campaigns.read': true, 'api-keys.manage': false },
      reasons: { 'api-keys.manage': 'not_in_key' },
    });
    await admin.teams.update(makers.id, { permissions: ['api-keys.manage', 'inbox.read'] });
    expect((await service.access.check({ permissions })).reasons).toEqual({
      'campaigns.read': 'not_in_blueprint',
      'api-keys.manage': 'not_in_key',
    });
    const { agent: itself } = await service.me();
    expect((await service.access.check({ permissions, agentId: itself.id })).decisions['api-keys.manage']).toBe(true);
  });

  it('is refused when the question is not one', async () => {
    const ask = (body: unknown) => problemOf(admin.access.check(body as Parameters<typeof admin.access.check>[0]));
    const codes = async (body: unknown) => (await ask(body)).errors.map(({ pointer, code }) => `${pointer} ${code}`);
    expect(await codes({ permissions: ['inbox.read', 'inbox.write'] })).toEqual(['/permissions permission_unknown']);
    expect(await codes({ permissions: [] })).toEqual(['/permissions permissions_invalid']);
    expect(await codes({})).toEqual(['/permissions permissions_invalid']);
    expect(await codes({ permissions: ['__proto__'] })).toEqual(['/permissions permission_unknown']);
    expect(await codes({ permissions: ['inbox.read'], agentId: null })).toEqual(['/agentId agent_not_found']);
    expect(await codes({ permissions: ['inbox.read'], agentId: '1' })).toEqual(['/agentId agent_not_found']);
    expect(await codes({ permissions: ['inbox.read'], team: team.id })).toEqual(['/team unknown_field']);
    expect((await problemOf(installation.client().access.check({ permissions: ['inbox.read'] }))).status).toBe(401);
  });

  it('grants nothing for what a stored blueprint has that the catalogue has not', async () => {
    await store(['retired.right', 'campaigns.read', 'inbox.READ']);
    expect((await admin.agents.permissions(agent.id)).data.map(({ key }) => key)).toEqual(['campaigns.read']);
    const all = await admin.access.check({ agentId: agent.id, permissions: [...PERMISSIONS] });
    expect(Object.entries(all.decisions).filter(([, isAllowed]) => isAllowed)).toEqual([['campaigns.read', true]]);
  });

  it('is shown for an agent with where each right comes from, and why there is none', async () => {
    const source = { kind: 'team', id: team.id, name: team.name };
    const shown = {
      agentId: agent.id,
      team: { id: team.id, name: team.name },
      blueprintVersion: 1,
      hidePhone: false,
      standing: 'active',
      data: [
        { key: 'inbox.read', source },
        { key: 'campaigns.read', source },
      ],
      withheld: [],
    };
    expect(await elsewhere.agents.permissions(agent.id)).toEqual(shown);
    expect(await (await loginAs(installation, agent)).agents.permissions(agent.id)).toEqual(shown);
    await admin.agents.update(agent.id, { status: 'inactive' });
    expect(await elsewhere.agents.permissions(agent.id)).toEqual({ ...shown, standing: 'agent_inactive', data: [] });
    await admin.agents.update(agent.id, { status: 'active' });
    await admin.teams.update(team.id, { status: 'inactive' });
    expect(await elsewhere.agents.permissions(agent.id)).toEqual({ ...shown, standing: 'team_inactive', data: [] });
  });

  it('is shown to a key about its maker with what the key may not', async () => {
    const makers = await createTeam(admin, ['api-keys.manage', 'inbox.read']);
    const made = await createAgent(admin, makers);
    const { key } = await (
      await loginAs(installation, made)
    ).apiKeys.create({ name: 'K', permissions: ['inbox.read'] });
    const shown = await new MusterApi({ url: installation.node.url, token: key }).agents.permissions(made.id);
    expect(shown.data.map((each) => each.key)).toEqual(['inbox.read', 'api-keys.manage']);
    expect(shown.withheld).toEqual(['api-keys.manage']);
  });

  it('is not told of agents that were deleted', async () => {
    await admin.agents.delete(agent.id);
    expect((await problemOf(admin.access.check({ agentId: agent.id, permissions: ['inbox.read'] }))).status).toBe(404);
    expect((await problemOf(admin.agents.permissions(agent.id))).status).toBe(404);
  });

  async function store(permissions: string[]): Promise<void> {
    const client = new pg.Client({ connectionString: installation.databaseUrl });
    await client.connect();
    await client.query('update team set permissions = $2 where id = $1', [team.id, permissions]);
    await client.end();
  }
});
