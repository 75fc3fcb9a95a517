import { describe, expect, it } from '@jest/globals';
import type { RosterView } from '#client';
import type { RosterRow, RosterTeam } from '#contracts';
import { widthOf } from './cell.js';
import { draw, type Picture } from './watch-table.js';

const AS_OF = '2026-11-23T10:15:30.000Z';
const TEAM: RosterTeam = {
  id: 't',
  name: 'Customer Care',
  status: 'active',
  agents: { total: 2, available: 1, busy: 1, away: 0, offline: 0 },
  load: { open: 3, capacity: 10, ratio: 0.3 },
  waiting: { count: 2, oldestAt: AS_OF },
  density: { m1: 3, m5: 9, m15: 20, h1: 70 },
  v: 1,
};

function row(name: string, part: Partial<RosterRow>): RosterRow {
  return {
    id: name,
    name,
    teamId: 't',
    status: 'active',
    presence: { state: 'available', since: '2026-11-23T10:03:30.000Z' },
    load: { open: 0, capacity: 5, ratio: 0 },
    waiting: { count: 0, oldestAt: null },
    density: { m1: 0, m5: 0, m15: 0, h1: 0 },
    v: 1,
    ...part,
  };
}

const ZOE = row('Zoë Brandt', {
  presence: { state: 'busy', since: '2026-11-23T10:15:00.000Z' },
  load: { open: 3, capacity: 5, ratio: 0.6 },
  waiting: { count: 2, oldestAt: '2026-11-23T10:12:30.000Z' },
  density: { m1: 3, m5: 9, m15: 20, h1: 70 },
});
const VIEW: RosterView = {
  epoch: 'e',
  offset: 1,
  asOf: AS_OF,
  rows: new Map([ZOE, row('Ada', {})].map((one) => [one.id, one])),
  teams: new Map([['t', TEAM]]),
};

function picture(part: Partial<Picture> = {}): Picture {
  return {
    state: { status: 'live', view: VIEW, closure: null },
    ageMs: 0,
    watch: { query: { sort: 'density' }, typing: false, top: 0 },
    columns: 120,
    paint: (_style, text) => text,
    ...part,
  };
}

function squeezed(lines: string[]): string[] {
  return lines.map((line) => line.replace(/ +/g, ' ').trim());
}

describe('the live table', () => {
  it('shows each agent with team, presence, density, load and who waits', () => {
    const [status, , head, ...rows] = squeezed(draw(picture()));
    expect(status).toMatch(/^● live as of \d\d:\d\d:30 2 agents 3 msgs\/min 3\/10 open 2 waiting$/);
    expect(head).toBe('agent team presence 1m 5m 15m 1h load waiting');
    expect(rows).toEqual([
      'Zoë Brandt Customer Care ■ busy 30s 3 9 20 70 ███░░ 3/5 2 · 3m',
      'Ada Customer Care ● available 12m 0 0 0 0 ░░░░░ 0/5',
    ]);
  });

  it('counts ages on while nothing is heard, and says for how long that is so', () => {
    const state = { status: 'stale', view: VIEW, closure: null } as const;
    const [status, , , first] = squeezed(draw(picture({ state, ageMs: 70_000 })));
    expect(status).toMatch(/^○ stale, 70 s without news as of/);
    expect(first).toContain('■ busy 1m');
  });

  it.each([200, 120, 95, 80, 71, 65, 59, 50, 40])('fits into %d columns', (columns) => {
    const lines = draw(picture({ columns, lines: 10 }));
    expect(lines).toHaveLength(10);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
  });

  it('shows the page it is scrolled to, and says which', () => {
    const many = Array.from({ length: 30 }, (_, i) => row(`Agent ${String(i + 1).padStart(2, '0')}`, {}));
    const view = { ...VIEW, rows: new Map(many.map((one) => [one.id, one])) };
    const state = { status: 'live', view, closure: null } as const;
    const lines = squeezed(
      draw(picture({ state, lines: 9, watch: { query: { sort: 'name' }, typing: false, top: 99 } })),
    );
    expect(lines.slice(3, 8).map((line) => line.slice(0, 8))).toEqual([
      'Agent 26',
      'Agent 27',
      'Agent 28',
      'Agent 29',
      'Agent 30',
    ]);
    expect(lines[8]).toMatch(/^26–30 of 30 /);
  });

  it('says so when nobody matches, and what is searched for', () => {
    const lines = draw(
      picture({ lines: 12, watch: { query: { sort: 'name', search: 'nobody' }, typing: true, top: 0 } }),
    );
    expect(lines[3]).toBe('Nobody matches.');
    expect(lines).toHaveLength(12);
    expect(lines[11]).toMatch(/^Search: nobody▏/);
  });
});
