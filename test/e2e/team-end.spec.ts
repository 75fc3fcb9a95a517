/** A team ends and its agents move to another, however many they are. */
import pg from 'pg';
import type { MusterApi } from '#client';
import type { TeamView } from '#contracts';
import { EventBus } from '../../src/platform/events/event-bus.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

const MANY = 20_000;

const FILL = `
insert into agent (id, workspace_id, team_id, name, email, phone, status, created_at, updated_at)
select gen_random_uuid(), t.workspace_id, t.id, 'Agent', gen_random_uuid() || '@example.com', '+5511912345678', 'active', now(), now()
from team t, generate_series(1, $2) where t.id = $1`;

describe('the end of a team', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let pool: pg.Pool;

  beforeAll(async () => {
    installation = await startNodes(1);
    admin = await installation.admin();
    pool = new pg.Pool({ connectionString: installation.databaseUrl, max: 1 });
  });

  afterAll(async () => {
    await pool.end();
    await installation.stop();
  });

  const teamOf = async (agents: number): Promise<TeamView> => {
    const team = await createTeam(admin, ['inbox.read']);
    await pool.query(FILL, [team.id, agents]);
    return team;
  };
  const countIn = async (team: TeamView): Promise<number> =>
    (await pool.query('select from agent where team_id = $1', [team.id])).rowCount ?? 0;

  it('moves a great many, tells of each once, and leaves the node time for everything else', async () => {
    const [team, other] = [await teamOf(MANY), await createTeam(admin, ['inbox.read'])];
    const told: { teamId: string; version: number }[] = [];
    const pages: number[] = [];
    const turns: number[] = [];
    let turn = 0;
    const turning = setInterval(() => turn++);
    installation.node.app.get(EventBus).on('agent.changed', ({ agents }) => {
      pages.push(agents.length);
      turns.push(turn);
      told.push(...agents);
    });
    const { receipt } = await admin.teams.delete(team.id, other.id);
    clearInterval(turning);

    // Others had their turn between any two pages: all at once stood still for seconds.
    expect(new Set(turns).size).toBe(turns.length);
    expect(receipt).toMatchObject({ cause: 'team_deleted', enforcement: 'complete' });
    expect(told).toHaveLength(MANY);
    expect(told.every(({ teamId, version }) => teamId === other.id && version === 2)).toBe(true);
    expect(Math.max(...pages)).toBeLessThanOrEqual(2_000);
    expect(await countIn(other)).toBe(MANY);
    const { rows } = await pool.query<{ entries: number; agents: number }>(
      `select count(*)::int as entries, count(distinct target_id)::int as agents from audit_entry
       where action = 'agent.moved' and before->>'teamId' = $1 and after->>'teamId' = $2 and seq is not null`,
      [team.id, other.id],
    );
    expect(rows).toEqual([{ entries: MANY, agents: MANY }]);
  });

  it('is refused by whoever is in it, and nothing of it is done', async () => {
    const managers = await createTeam(admin, ['inbox.read', 'teams.read', 'teams.manage']);
    const manager = await loginAs(installation, await createAgent(admin, managers));
    const other = await createTeam(admin, ['inbox.read']);
    expect(await problemOf(manager.teams.delete(managers.id, other.id))).toMatchObject({
      status: 403,
      code: 'self_edit',
    });
    expect([await countIn(managers), await countIn(other)]).toEqual([1, 0]);
  });

  it('is refused with more agents than can be moved at once', async () => {
    const [team, other] = [await teamOf(50_001), await createTeam(admin, ['inbox.read'])];
    const problem = await problemOf(admin.teams.delete(team.id, other.id));
    expect(problem).toMatchObject({ status: 409, code: 'team_in_use', detail: expect.stringContaining('50,000') });
    expect(await countIn(team)).toBe(50_001);
  });
});
