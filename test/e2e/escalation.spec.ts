/** Nobody rises, and somebody stays who can manage agents: each way there is, tried. */
import type { MusterApi } from '#client';
import type { AgentView, Permission, TeamView, UpdateAgentRequest } from '#contracts';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

const MANAGER: Permission[] = ['agents.read', 'agents.manage', 'teams.read', 'teams.manage', 'api-keys.manage'];

describe('escalation', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let administrators: TeamView;
  let managers: TeamView;
  let self: AgentView;
  let manager: MusterApi;

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
    administrators = await admin.teams.get((await admin.me()).team.id);
    managers = await createTeam(admin, MANAGER);
    self = await createAgent(admin, managers);
    manager = await loginAs(installation, self, installation.nodes[1]);
  });

  afterAll(() => installation.stop());

  const refusal = async (call: Promise<unknown>) => (await problemOf(call)).code;
  const newcomer = (teamId: string) => ({
    name: 'N',
    email: `${crypto.randomUUID()}@example.com`,
    phone: '+5511912345678',
    teamId,
  });

  it('is refused into a stronger team, by whatever way', async () => {
    const peer = await createAgent(admin, managers);
    const weak = await createTeam(admin, ['inbox.read']);
    expect(await refusal(manager.agents.create(newcomer(administrators.id)))).toBe('beyond_own_rights');
    expect(await refusal(manager.agents.update(peer.id, { teamId: administrators.id }))).toBe('beyond_own_rights');
    expect(await refusal(manager.agents.update(self.id, { teamId: administrators.id }))).toBe('beyond_own_rights');
    expect(await refusal(manager.teams.delete(weak.id, administrators.id).then(() => manager.teams.get(weak.id)))).toBe(
      'not_found',
    );
    expect(await refusal(manager.teams.delete(managers.id, administrators.id))).toBe('beyond_own_rights');
    const { results } = await manager.agents.bulk({ ids: [peer.id, self.id], set: { teamId: administrators.id } });
    expect(results.map(({ error }) => error?.code)).toEqual(['beyond_own_rights', 'self_edit']);
  });

  it('is refused by granting, to oneself or others, what one has not', async () => {
    const own = { permissions: [...MANAGER, 'audit.read'] as Permission[] };
    expect(await refusal(manager.teams.update(managers.id, own))).toBe('beyond_own_rights');
    expect(await refusal(createTeam(manager, ['audit.read']))).toBe('beyond_own_rights');
    expect(await refusal(manager.apiKeys.create({ name: 'K', permissions: ['audit.read'] }))).toBe('beyond_own_rights');
    const kept = await manager.teams.update(administrators.id, { description: 'Kept, not granted' });
    expect(kept.permissions).toEqual(administrators.permissions);
  });

  it('is refused by becoming somebody who may more', async () => {
    const { agent: boss } = await admin.me();
    for (const change of [{ password: 'a-password-of-mine' }, { email: 'mine@example.com' }]) {
      expect(await refusal(manager.agents.update(boss.id, change))).toBe('beyond_own_rights');
    }
    const masked = await loginAs(installation, await createAgent(admin, managers, { hidePhone: true }));
    const seeing = await createAgent(admin, managers);
    const hidden = await createAgent(admin, managers, { hidePhone: true });
    expect(await refusal(masked.agents.create(newcomer(managers.id)))).toBe('beyond_own_rights');
    expect(await refusal(masked.agents.update(seeing.id, { password: 'a-password-of-mine' }))).toBe(
      'beyond_own_rights',
    );
    expect(await refusal(masked.agents.update(hidden.id, { hidePhone: false }))).toBe('beyond_own_rights');
    expect((await masked.agents.create({ ...newcomer(managers.id), hidePhone: true })).hidePhone).toBe(true);
    expect((await masked.agents.update(hidden.id, { name: 'Renamed' })).name).toBe('Renamed');
  });

  it('is refused by reviving who may more', async () => {
    const boss = await createAgent(admin, administrators, { status: 'inactive' });
    const strong = await createTeam(admin, [...MANAGER, 'audit.read'], { status: 'inactive' });
    const peer = await createAgent(admin, managers, { status: 'inactive' });
    expect(await refusal(manager.agents.update(boss.id, { status: 'active' }))).toBe('beyond_own_rights');
    expect(await refusal(manager.teams.update(strong.id, { status: 'active' }))).toBe('beyond_own_rights');
    const set = { status: 'active' as const };
    const { results } = await manager.agents.bulk({ ids: [boss.id, peer.id], set });
    expect(results.map(({ error }) => error?.code)).toEqual(['beyond_own_rights', undefined]);
    expect((await manager.teams.update(strong.id, { ...set, permissions: MANAGER })).status).toBe('active');
  });

  it('is refused by reviving who sees what one may not', async () => {
    const masked = await loginAs(installation, await createAgent(admin, managers, { hidePhone: true }));
    const seeing = await createAgent(admin, managers, { status: 'inactive' });
    const set = { status: 'active' as const };
    expect(await refusal(masked.agents.update(seeing.id, set))).toBe('beyond_own_rights');
    const { results } = await masked.agents.bulk({ ids: [seeing.id], set });
    expect(results.map(({ error }) => error?.code)).toEqual(['beyond_own_rights']);
    expect((await masked.agents.update(seeing.id, { ...set, hidePhone: true })).status).toBe('active');
  });

  it('is refused by reviving a team in which somebody sees what one may not', async () => {
    const masked = await loginAs(installation, await createAgent(admin, managers, { hidePhone: true }));
    const team = await createTeam(admin, [], { status: 'inactive' });
    const seeing = await createAgent(admin, team);
    const set = { status: 'active' as const };
    expect(await refusal(masked.teams.update(team.id, set))).toBe('beyond_own_rights');
    await admin.agents.update(seeing.id, { hidePhone: true });
    expect((await masked.teams.update(team.id, set)).status).toBe('active');
  });

  it('is refused through a key that has less than its maker', async () => {
    const { key } = await admin.apiKeys.create({ name: 'Agents only', permissions: ['agents.manage', 'agents.read'] });
    const body = JSON.stringify(newcomer(administrators.id));
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await fetch(`${installation.node.url}/api/v1/agents`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({ status: 403, code: 'beyond_own_rights' });
  });

  it('is refused through a key that would set the password of its maker, or read an invitation of theirs', async () => {
    const { key } = await admin.apiKeys.create({ name: 'Agents only', permissions: ['agents.manage'] });
    const { agent: maker } = await admin.me();
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const path = `${installation.node.url}/api/v1/agents/${maker.id}`;
    for (const [change, code] of [
      [{ password: 'a-password-of-mine' }, 'self_edit'],
      [{ email: 'mine@example.com' }, 'beyond_own_rights'],
    ]) {
      const answer = await fetch(path, { method: 'PATCH', headers, body: JSON.stringify(change) });
      expect(await answer.json()).toMatchObject({ status: 403, code });
    }
    const answer = await fetch(`${path}/invitation`, { method: 'POST', headers: { authorization: `Bearer ${key}` } });
    expect(await answer.json()).toMatchObject({ status: 403, code: 'beyond_own_rights' });
    expect((await admin.me()).agent).toEqual(maker);
  });

  it.each<UpdateAgentRequest>([{ status: 'inactive' }, { status: 'active' }, { hidePhone: true }, {}])(
    'of oneself: %o',
    async (change) => {
      const before = await admin.agents.get(self.id);
      const isHarmless = change.status === 'active' || Object.keys(change).length === 0;
      const call = manager.agents.update(self.id, change);
      if (isHarmless) expect((await call).version).toBe(before.version);
      else expect(await refusal(call)).toBe('self_edit');
      expect(await refusal(manager.agents.delete(self.id))).toBe('self_edit');
    },
  );
});

describe('the last administrator', () => {
  let installation: TestInstallation;

  beforeEach(async () => {
    installation = await startNodes(2);
  });

  afterEach(() => installation.stop());

  it('stays, by whatever way', async () => {
    const admin = await installation.admin();
    const { agent, team } = await admin.me();
    const other = await createTeam(admin, ['inbox.read']);
    const calls: Record<string, () => Promise<unknown>> = {
      deactivate: () => admin.agents.update(agent.id, { status: 'inactive' }),
      move: () => admin.agents.update(agent.id, { teamId: other.id }),
      delete: () => admin.agents.delete(agent.id),
      'reduce the team': () => admin.teams.update(team.id, { permissions: ['inbox.read'] }),
      'suspend the team': () => admin.teams.update(team.id, { status: 'inactive' }),
      'delete the team': () => admin.teams.delete(team.id, other.id),
    };
    for (const [name, call] of Object.entries(calls)) {
      expect([name, (await problemOf(call())).code]).toEqual([name, 'last_administrator']);
    }
    for (const set of [{ status: 'inactive' as const }, { teamId: other.id }]) {
      const { results } = await admin.agents.bulk({ ids: [agent.id], set });
      expect(results).toMatchObject([{ ok: false, error: { status: 409, code: 'last_administrator' } }]);
    }
    expect((await admin.me()).team.id).toBe(team.id);
  });

  it('stays when two end each other at the same time', async () => {
    const admin = await installation.admin();
    const { agent: first, team } = await admin.me();
    const second = await createAgent(admin, await admin.teams.get(team.id));
    const other = await loginAs(installation, second, installation.nodes[1]);
    const ends = [
      (by: MusterApi, id: string) => by.agents.update(id, { status: 'inactive' }),
      (by: MusterApi, id: string) => by.agents.bulk({ ids: [id], set: { status: 'inactive' } }),
    ];
    for (const end of ends) {
      const calls = await Promise.allSettled([end(admin, second.id), end(other, first.id)]);
      const left = await survivor([admin, other]);
      expect(calls.filter(({ status }) => status === 'rejected')).toHaveLength(1);
      const gone = left.id === first.id ? second.id : first.id;
      await left.api.agents.update(gone, { status: 'active' });
      await admin.auth.login({ email: 'admin@example.com', password: 'correct-horse-battery' });
      await other.auth.login({ email: second.email, password: 'a-password-for-tests' });
    }
  });

  /** Who of them may still manage agents. */
  async function survivor(all: MusterApi[]): Promise<{ api: MusterApi; id: string }> {
    for (const api of all) {
      const me = await api.me().catch(() => null);
      if (me) return { api, id: me.agent.id };
    }
    throw new Error('Nobody is left.');
  }
});
