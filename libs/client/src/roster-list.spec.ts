import { describe, expect, it } from '@jest/globals';
import type { RosterRow, RosterTeam } from '#contracts';
import type { RosterView } from './delta.js';
import { listRoster, type RosterQuery, totalsOf } from './roster-list.js';

const SINCE = '2026-11-23T10:00:00.000Z';

function row(name: string, part: Partial<RosterRow> = {}): RosterRow {
  return {
    id: name,
    name,
    teamId: 'sales',
    status: 'active',
    presence: { state: 'available', since: SINCE },
    load: { open: 0, capacity: 5, ratio: 0 },
    waiting: { count: 0, oldestAt: null },
    density: { m1: 0, m5: 0, m15: 0, h1: 0 },
    v: 1,
    ...part,
  };
}

function team(id: string, name: string): RosterTeam {
  const { load, waiting, density } = row('');
  return {
    id,
    name,
    status: 'active',
    agents: { total: 0, available: 0, busy: 0, away: 0, offline: 0 },
    load,
    waiting,
    density,
    v: 1,
  };
}

function view(...rows: RosterRow[]): RosterView {
  const teams = new Map([
    ['sales', team('sales', 'Sales')],
    ['care', team('care', 'Customer Care')],
  ]);
  return { epoch: 'e', offset: 1, asOf: SINCE, rows: new Map(rows.map((one) => [one.id, one])), teams };
}

function names(of: RosterView, query: Partial<RosterQuery>): string[] {
  return listRoster(of, { sort: 'name', ...query }).map((one) => one.name);
}

describe('the roster as a list', () => {
  it('shows the busiest first, and agents alike by name', () => {
    const dense = (m1: number, m5: number) => ({ density: { m1, m5, m15: m5, h1: m5 } });
    const floor = view(row('Ben'), row('Ada'), row('Cy', dense(0, 3)), row('Dee', dense(2, 3)));
    expect(names(floor, { sort: 'density' })).toEqual(['Dee', 'Cy', 'Ada', 'Ben']);
  });

  it('takes work without capacity for the heaviest load, and no work without capacity for the lightest', () => {
    const load = (open: number, capacity: number) => ({
      load: { open, capacity, ratio: capacity ? open / capacity : null },
    });
    const floor = view(
      row('over', load(7, 5)),
      row('none', load(0, 0)),
      row('wild', load(1, 0)),
      row('idle', load(0, 5)),
    );
    expect(names(floor, { sort: 'load' })).toEqual(['wild', 'over', 'idle', 'none']);
  });

  it('puts first those with most waiting, then those where somebody waits longest', () => {
    const waiting = (count: number, minute: string | null) => ({
      waiting: { count, oldestAt: minute && `2026-11-23T10:${minute}:00.000Z` },
    });
    const floor = view(
      row('none', waiting(0, null)),
      row('late', waiting(1, '05')),
      row('early', waiting(1, '01')),
      row('many', waiting(2, '09')),
    );
    expect(names(floor, { sort: 'waiting' })).toEqual(['many', 'early', 'late', 'none']);
  });

  it('orders presence from available to offline', () => {
    const floor = view(
      ...(['offline', 'away', 'busy', 'available'] as const).map((state) =>
        row(state, { presence: { state, since: SINCE } }),
      ),
    );
    expect(names(floor, { sort: 'presence' })).toEqual(['available', 'busy', 'away', 'offline']);
  });

  it('finds words in names of agents and teams, whatever the case and accents', () => {
    const floor = view(row('Zoë Brandt'), row('José Ángel', { teamId: 'care' }), row('Agent 10'), row('Agent 9'));
    expect(names(floor, { search: 'ZOE' })).toEqual(['Zoë Brandt']);
    expect(names(floor, { search: ' care angel ' })).toEqual(['José Ángel']);
    expect(names(floor, { search: 'agent' })).toEqual(['Agent 9', 'Agent 10']);
    expect(names(floor, { search: 'agent care' })).toEqual([]);
    expect(names(floor, { teamId: 'care' })).toEqual(['José Ángel']);
    expect(names(floor, { presence: 'busy' })).toEqual([]);
  });

  it('sums up', () => {
    const floor = [
      row('a', { density: { m1: 3, m5: 9, m15: 9, h1: 9 }, load: { open: 4, capacity: 5, ratio: 0.8 } }),
      row('b', { presence: { state: 'away', since: SINCE }, waiting: { count: 2, oldestAt: SINCE } }),
    ];
    const presence = { available: 1, busy: 0, away: 1, offline: 0 };
    expect(totalsOf(floor)).toEqual({ agents: 2, presence, m1: 3, open: 4, capacity: 10, waiting: 2 });
  });
});
