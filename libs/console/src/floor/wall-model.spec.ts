import { describe, expect, it } from '@jest/globals';
import type { RosterRow, RosterTeam, RosterView } from '#client';
import { groupRows, REORDER_MS, SteadyOrder } from './wall-model.js';

const AT = '2026-11-23T10:00:00.000Z';

function row(id: string, teamId = 't', oldestAt: string | null = null): RosterRow {
  return {
    id,
    name: id,
    teamId,
    status: 'active',
    presence: { state: 'busy', since: AT },
    load: { open: 1, capacity: 4, ratio: 0.25 },
    waiting: { count: oldestAt ? 1 : 0, oldestAt },
    density: { m1: 1, m5: 2, m15: 3, h1: 4 },
    v: 1,
  };
}

/** What comes is taken for sorted. */
function apply(order: SteadyOrder, rows: RosterRow[], key: string, now: number, held: boolean): RosterRow[] {
  return order.apply(rows, (same) => same, { key, now, held });
}

const ids = (rows: RosterRow[]): string => rows.map(({ id }) => id).join('');

describe('the order of the wall', () => {
  it('is kept until its time has come', () => {
    const order = new SteadyOrder();
    expect(ids(apply(order, [row('a'), row('b')], 'k', 0, false))).toBe('ab');
    expect(ids(apply(order, [row('b'), row('a')], 'k', REORDER_MS - 1, false))).toBe('ab');
    expect(ids(apply(order, [row('b'), row('a')], 'k', REORDER_MS, false))).toBe('ba');
  });

  it('is kept for as long as it is held, with newcomers last and leavers gone', () => {
    const order = new SteadyOrder();
    apply(order, [row('a'), row('b')], 'k', 0, false);
    expect(ids(apply(order, [row('c'), row('b'), row('a')], 'k', 99_999, true))).toBe('abc');
    expect(ids(apply(order, [row('b')], 'k', 99_999, true))).toBe('b');
  });

  it('follows another question at once, held or not', () => {
    const order = new SteadyOrder();
    apply(order, [row('a'), row('b')], 'k', 0, false);
    expect(ids(apply(order, [row('b'), row('a')], 'other', 1, true))).toBe('ba');
  });
});

describe('the groups of the wall', () => {
  const team = (id: string, name: string) => ({ id, name }) as RosterTeam;
  const teams = new Map([team('t', 'Zeta'), team('u', 'Alpha')].map((one) => [one.id, one]));
  const view: RosterView = { epoch: 'e', offset: 1, asOf: AT, rows: new Map(), teams };

  it('are the teams by name, each with its sums and its longest wait', () => {
    const rows = [row('a'), row('b', 'u', '2026-11-23T09:59:00.000Z'), row('c', 'u', '2026-11-23T09:58:00.000Z')];
    const groups = groupRows(view, rows, true);
    expect(groups.map(({ team: one, rows: of }) => [one?.name, ids(of)])).toEqual([
      ['Alpha', 'bc'],
      ['Zeta', 'a'],
    ]);
    expect(groups[0]).toMatchObject({
      totals: { agents: 2, open: 2, waiting: 2 },
      oldestAt: '2026-11-23T09:58:00.000Z',
    });
    expect(groups[1]?.oldestAt).toBeNull();
  });

  it('are one without teams', () => {
    expect(groupRows(view, [row('a'), row('b', 'u')], false)).toHaveLength(1);
  });
});
