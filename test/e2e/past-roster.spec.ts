import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { MusterApi } from '#client';
import type { Permission, RosterSnapshot } from '#contracts';
import { PastRoster } from '../../src/roster/past/past-roster.js';
import { sorted } from '../support/live.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { PastOffice, pick } from '../support/past-office.js';
import { createAgent, createTeam } from '../support/people.js';
import { problemOf } from '../support/problem.js';

const KEY: Permission[] = [
  'inbox.read',
  'inbox.reply',
  'inbox.assign',
  'agents.read',
  'agents.manage',
  'agents.presence',
  'teams.read',
  'teams.manage',
  'interactions.write',
  'dashboard.view',
];
const DAY_MS = 24 * 3600 * 1000;

let installation: TestInstallation;
let api: MusterApi;
let workspaceId: string;

beforeAll(async () => {
  installation = await startNodes();
  const admin = await installation.admin();
  workspaceId = (await admin.me()).workspace.id;
  const { key } = await admin.apiKeys.create({ name: 'Past', permissions: KEY });
  api = new MusterApi({ url: installation.node.url, token: key });
});

afterAll(() => installation.stop());

const roster = (moment: number, teamId?: string) =>
  api.dashboard.roster({ at: new Date(moment).toISOString(), teamId });

function withoutOffsets<T extends { v: number; id: string }>(rows: T[], ids: ReadonlySet<string>) {
  const own = rows.filter(({ id }) => ids.has(id));
  for (const { v } of own) expect(v).toBe(0);
  return sorted(own).map(({ v: _, ...row }) => row);
}

/** That the snapshot is what the floor was, of the office's agents and teams. */
function expectFloor(office: PastOffice, moment: number, snapshot: RosterSnapshot): void {
  const everybody = new Set(snapshot.rows.filter(({ teamId }) => office.ids.includes(teamId)).map(({ id }) => id));
  expect(withoutOffsets(snapshot.rows, everybody)).toEqual(sorted(office.floor.rowsAt(moment)));
  expect(withoutOffsets(snapshot.teams, new Set(office.ids))).toEqual(sorted(office.floor.teamsAt(moment)));
}

describe('the roster of a past moment', () => {
  it('equals what was done up to then, counted by brute force, whatever came late, twice or out of order', async () => {
    const numbers = fc.nat(10_000);
    const steps = fc.array(fc.tuple(numbers, numbers, numbers), { minLength: 40, maxLength: 90 });
    const looks = fc.array(fc.nat(1_000_000), { minLength: 12, maxLength: 12 });
    const seen = { held: 0, waiting: 0, dense: 0, here: 0 };
    await fc.assert(
      fc.asyncProperty(steps, looks, async (taken, asked) => {
        const office = new PastOffice({ installation, api, workspaceId });
        const from = office.now;
        for (const [what, which, how] of taken) await office.step(what, which, how);
        const { moments } = office.floor;
        const changes = asked.map((n) => (pick(moments, n) ?? from) - (n % 3 === 0 ? 1 : 0));
        const between = asked.map((n) => from + (n % (office.now - from)));
        for (const moment of [from - 1, office.now, ...changes, ...between]) {
          const snapshot = await roster(moment);
          expect(snapshot).toMatchObject({ epoch: 'past', offset: 0, asOf: new Date(moment).toISOString() });
          expectFloor(office, moment, snapshot);
          for (const { load, waiting, density, presence } of snapshot.rows) {
            seen.held += load.open;
            seen.waiting += waiting.count;
            seen.dense += density.h1 - density.m1;
            seen.here += Number(presence.state !== 'offline');
          }
        }
        office.pass(2 * 3600 * 1000);
      }),
      { numRuns: 4, endOnFailure: true },
    );
    expect(Object.entries(seen).filter(([, count]) => count < 15)).toEqual([]);
  });

  it('equals the live roster at the present, but for offsets', async () => {
    const [live, past] = [await api.dashboard.roster(), await roster(installation.clock.now())];
    const plain = ({ rows, teams }: RosterSnapshot) => ({
      rows: sorted(rows).map(({ v: _, ...row }) => row),
      teams: sorted(teams).map(({ v: _, ...team }) => team),
    });
    expect(plain(past)).toEqual(plain(live));
    expect(past.rows.length).toBeGreaterThan(0);
  });

  it('shows a team that is gone by now, with those who were in it, and no team before there was one', async () => {
    const team = await createTeam(api, ['inbox.read']);
    const agent = await createAgent(api, team, { name: 'Was here' });
    const other = await createTeam(api, ['inbox.read']);
    const [before, then] = [Date.parse(team.createdAt) - 1, installation.clock.now()];
    installation.clock.now = () => then + 1;
    await api.teams.delete(team.id, other.id);
    installation.clock.now = () => then + 60_000;
    const { rows, teams } = await roster(then, team.id);
    expect(rows.map(({ id, teamId, name }) => ({ id, teamId, name }))).toEqual([
      { id: agent.id, teamId: team.id, name: 'Was here' },
    ]);
    expect(teams.map(({ id, agents }) => [id, agents.total])).toEqual([[team.id, 1]]);
    expect((await roster(then, other.id)).rows).toEqual([]);
    for (const moment of [before, then + 2]) expect((await problemOf(roster(moment, team.id))).code).toBe('not_found');
  });

  it.each([
    ['yesterday', 'at_invalid'],
    ['2026-02-30T10:00:00Z', 'at_invalid'],
    ['2026-11-23', 'at_invalid'],
    ['2026-11-23T10:00:00', 'at_invalid'],
  ])('refuses %s', async (at, code) => {
    const problem = await problemOf(api.dashboard.roster({ at }));
    expect(problem).toMatchObject({ status: 422, code: 'validation_failed', errors: [{ pointer: '/at', code }] });
  });

  it('lets a workspace ask for so many moments at a time, and others meanwhile too', async () => {
    const past = installation.node.app.get(PastRoster);
    const moment = new Date(installation.clock.now()).toISOString();
    const asked = Array.from({ length: 25 }, () => past.at(workspaceId, moment));
    const other = past.at(randomUUID(), moment);
    const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(5);
    for (const { reason } of refused as PromiseRejectedResult[]) expect(reason.code).toBe('too_many_requests');
    expect((await other).size).toBe(0);
    expect((await past.at(workspaceId, moment)).size).toBeGreaterThan(0);
  });

  it('refuses moments to come, and those longer ago than 30 days', async () => {
    const now = installation.clock.now();
    for (const moment of [now + 1, now + DAY_MS, now - 30 * DAY_MS - 1]) {
      const problem = await problemOf(roster(moment));
      expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '/at', code: 'at_out_of_range' }] });
    }
    expect((await roster(now - 30 * DAY_MS)).rows).toEqual([]);
  });
});
