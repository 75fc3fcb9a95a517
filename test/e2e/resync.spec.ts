import type { MusterApi } from '#client';
import type { AgentView, Permission, TeamView } from '#contracts';
import { ResyncService } from '../../src/permissions/resync.service.js';
import { PAGE_SQL } from '../../src/permissions/resync.queries.js';
import { Database } from '../../src/platform/database/database.js';
import { JobRegistry } from '../../src/platform/jobs/job-registry.js';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam } from '../support/people.js';

const READS: Permission[] = ['inbox.read', 'agents.read'];
const FIRST = '00000000-0000-0000-0000-000000000000';

describe('the re-sync of a blueprint', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let database: Database;
  let team: TeamView;
  let agents: AgentView[];

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
    database = installation.node.app.get(Database);
  });

  afterAll(() => installation.stop());

  beforeEach(async () => {
    team = await createTeam(admin, READS);
    agents = [];
    for (let count = 0; count < 4; count++) agents.push(await createAgent(admin, team, { password: undefined }));
    team = await synced(await admin.teams.get(team.id));
  });

  /** The team once everybody in it is where it is. */
  const synced = ({ id }: TeamView, within?: number): Promise<TeamView> =>
    eventually(
      () => admin.teams.get(id),
      ({ sync }) => sync.synced === sync.total,
      within,
    );

  const workspaceOf = async () => {
    const { rows } = await database.pool.query<{ id: string }>('select workspace_id as id from team where id = $1', [
      team.id,
    ]);
    return rows[0]?.id ?? '';
  };

  it('brings everybody to the newest version, and says how far it is', async () => {
    const changed = await admin.teams.update(team.id, { permissions: [...READS, 'dashboard.view'] });
    expect(changed.sync).toMatchObject({ version: team.sync.version + 1, total: 4 });
    expect((await synced(changed)).sync).toEqual({ version: team.sync.version + 1, synced: 4, total: 4 });
    for (const { id } of agents) {
      expect((await admin.agents.get(id)).sync).toMatchObject({
        version: team.sync.version + 1,
        syncedVersion: team.sync.version + 1,
      });
    }
  });

  it('does it anew when an agent or a team is saved without a change', async () => {
    const [agent] = agents;
    const before = await admin.agents.get(agent?.id ?? '');
    await admin.agents.update(before.id, {});
    const after = await eventually(
      () => admin.agents.get(before.id),
      ({ sync }) => sync.syncedVersion === sync.version && sync.syncedAt !== before.sync.syncedAt,
    );
    expect(after.version).toBe(before.version);

    const saved = await admin.teams.update(team.id, {});
    expect(saved).toMatchObject({ version: team.version, sync: { version: team.sync.version + 1 } });
    expect((await synced(saved)).sync).toEqual({ version: team.sync.version + 1, synced: 4, total: 4 });
  });

  it('counts whoever comes, moves and goes', async () => {
    const other = await createTeam(admin, READS);
    const [moving, going] = agents;
    await admin.agents.update(moving?.id ?? '', { teamId: other.id });
    await admin.agents.delete(going?.id ?? '');
    await createAgent(admin, team, { password: undefined });
    expect((await admin.teams.get(team.id)).sync.total).toBe(3);
    expect((await synced(team)).sync).toMatchObject({ synced: 3, total: 3 });
    expect((await synced(other)).sync).toMatchObject({ synced: 1, total: 1 });
    await installation.node.app.get(ResyncService).sweep();
    expect((await admin.teams.get(team.id)).sync).toMatchObject({ synced: 3, total: 3 });
  });

  it('ends at the newest version when two workers have the same job and the version moves', async () => {
    const context = { workspaceId: await workspaceOf(), key: team.id };
    const handlers = installation.nodes.map(({ app }) => app.get(JobRegistry).require('permissions.resync-team'));
    const edits = Array.from({ length: 10 }, (_, edit) => (edit % 2 ? READS : READS.slice(0, 1)));
    for (const permissions of edits) {
      await Promise.all([admin.teams.update(team.id, { permissions }), ...handlers.map((handler) => handler(context))]);
    }
    const { sync } = await synced(team);
    expect(sync).toEqual({ version: team.sync.version + 10, synced: 4, total: 4 });
  });

  it('never takes an agent back: a worker that wakes up with an old version writes nothing', async () => {
    const old = team.sync.version;
    const { sync } = await synced(await admin.teams.update(team.id, { permissions: ['inbox.read'] }));
    const { rows } = await database.pool.query(PAGE_SQL, [team.id, old, FIRST, 100, new Date()]);
    expect(rows).toEqual([{ last: null, rows: 0 }]);
    expect((await admin.teams.get(team.id)).sync).toEqual(sync);
  });

  it('finds what was left behind with nothing on its way, and only that', async () => {
    const service = installation.node.app.get(ResyncService);
    await database.pool.query('update agent_sync set synced_version = 0 where agent_id = $1', [agents[0]?.id]);
    expect((await admin.teams.get(team.id)).sync).toMatchObject({ synced: 3, total: 4 });
    expect(await service.sweep()).toBe(1);
    await synced(team);
    expect(await service.sweep()).toBe(0);
  });
});
