import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RosterDelta, RosterRow, RosterRowChange, RosterSubscription, RosterTeam } from '#contracts';
import { assignableReducer, confirm, rosterReducer, type RosterView } from './delta.js';

/** What the model server did: an agent changes, appears or leaves; or a new epoch begins. */
type Act = { act: 'load' | 'density' | 'leave'; agent: number; value: number } | { act: 'epoch'; agent: number };
/** What happens to the frame of that act on its way. */
type Fate = 'arrives' | 'lost' | 'twice' | 'late';

const AS_OF = '2026-11-23T10:00:00.000Z';

function whole(id: string, v: number): RosterRow {
  return {
    id,
    name: `Agent ${id}`,
    teamId: 'team',
    status: 'active',
    presence: { state: 'away', since: AS_OF },
    load: { open: 0, capacity: 5, ratio: 0 },
    waiting: { count: 0, oldestAt: null },
    density: { m1: 0, m5: 0, m15: 0, h1: 0 },
    v,
  };
}

function team(rows: ReadonlyMap<string, RosterRow>, v: number): RosterTeam {
  const agents = { total: rows.size, available: 0, busy: 0, away: rows.size, offline: 0 };
  const { load, waiting, density } = whole('team', v);
  return { id: 'team', name: 'Team', status: 'active', agents, load, waiting, density, v };
}

/** A server that keeps every state it ever had, by epoch and offset. */
class ModelServer {
  private epoch = 1;
  private offset = 0;
  private rows = new Map<string, RosterRow>();
  private deltas: RosterDelta[] = [];
  private readonly states = new Map<string, ReadonlyMap<string, RosterRow>>();

  constructor() {
    this.remember();
  }

  do(act: Act): RosterDelta | null {
    if (act.act === 'epoch') {
      this.epoch += 1;
      this.offset = 0;
      this.deltas = [];
      this.rows.delete(`a${act.agent}`);
      this.remember();
      return null;
    }
    const prev = this.offset;
    this.offset += 1 + (act.value % 3);
    const id = `a${act.agent}`;
    const change = act.act === 'leave' ? null : this.change(id, act.act, act.value);
    if (!change) this.rows.delete(id);
    this.remember();
    const delta = {
      ...this.frame(),
      prev,
      rows: change ? [change] : [],
      removed: change ? [] : [id],
      teams: [team(this.rows, this.offset)],
    };
    this.deltas.push(delta);
    return delta;
  }

  subscribe(position: { epoch: string; offset: number } | null): RosterSubscription {
    const first = this.deltas.findIndex((delta) => delta.prev === position?.offset);
    if (position?.epoch === String(this.epoch) && first >= 0) {
      return { ...this.frame(), mode: 'replay', deltas: this.deltas.slice(first) };
    }
    return { ...this.frame(), mode: 'snapshot', rows: [...this.rows.values()], teams: [team(this.rows, this.offset)] };
  }

  stateAt(view: RosterView): ReadonlyMap<string, RosterRow> | undefined {
    return this.states.get(`${view.epoch}/${view.offset}`);
  }

  frame() {
    return { subscription: 's', epoch: String(this.epoch), offset: this.offset, asOf: AS_OF };
  }

  private change(id: string, kind: 'load' | 'density', value: number): RosterRowChange {
    const before = this.rows.get(id);
    const row = before ?? whole(id, this.offset);
    const part =
      kind === 'load'
        ? { load: { open: value, capacity: 5, ratio: value / 5 } }
        : { density: { m1: value, m5: value, m15: value, h1: value } };
    this.rows.set(id, { ...row, ...part, v: this.offset });
    return before ? { id, v: this.offset, ...part } : { ...row, ...part, v: this.offset };
  }

  private remember(): void {
    this.states.set(`${this.epoch}/${this.offset}`, new Map(this.rows));
  }
}

const acts = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ act: fc.constantFrom('load', 'density', 'leave'), agent: fc.nat(4), value: fc.nat(9) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('epoch'), agent: fc.nat(4) }) },
) satisfies fc.Arbitrary<Act>;
const fates = fc.oneof(
  { weight: 6, arbitrary: fc.constant('arrives' as const) },
  { weight: 4, arbitrary: fc.constantFrom('lost', 'twice', 'late') },
) satisfies fc.Arbitrary<Fate>;

function startOf(server: ModelServer, held: RosterView | null): RosterView {
  const view = rosterReducer.start(held, server.subscribe(held));
  if (view === 'gap') throw new Error('the answer to a subscribe did not continue the view');
  return view;
}

describe('the delta client', () => {
  it('equals the server at its offset, whatever is lost, doubled, late or of another epoch', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(acts, fates), { maxLength: 60 }), (steps) => {
        const server = new ModelServer();
        let view = startOf(server, null);
        let late: RosterDelta[] = [];
        for (const [act, fate] of steps) {
          const delta = server.do(act);
          const frames =
            delta && fate !== 'lost' && fate !== 'late' ? [delta, ...late, ...(fate === 'twice' ? [delta] : [])] : [];
          late = delta && fate === 'late' ? [...late, delta] : frames.length > 0 ? [] : late;
          for (const frame of frames) {
            const next = rosterReducer.apply(view, frame);
            view = next === 'gap' ? startOf(server, view) : next;
            expect(view.rows).toEqual(server.stateAt(view));
          }
        }
        const calm = confirm(view, server.frame());
        if (calm === 'gap') view = startOf(server, view);
        expect(confirm(view, server.frame())).not.toBe('gap');
        expect(view.rows).toEqual(server.stateAt(view));
        expect(view.teams.get('team')?.agents.total ?? 0).toBe(view.rows.size);
      }),
      { numRuns: 300 },
    );
  });

  it('ignores a frame that the view already contains', () => {
    const server = new ModelServer();
    const before = startOf(server, null);
    const delta = server.do({ act: 'load', agent: 1, value: 3 });
    const after = startOf(server, before);
    expect(delta && rosterReducer.apply(after, delta)).toBe(after);
  });

  it('never changes a view that it was given', () => {
    const server = new ModelServer();
    const before = startOf(server, null);
    const delta = server.do({ act: 'load', agent: 1, value: 3 });
    const after = delta && rosterReducer.apply(before, delta);
    expect(after).not.toBe('gap');
    expect(before.rows.size).toBe(0);
    expect(before.offset).toBe(0);
  });

  it('takes a partial row of an agent it has never seen for a gap', () => {
    const view = startOf(new ModelServer(), null);
    const frame = { subscription: 's', epoch: '1', prev: 0, offset: 1, asOf: AS_OF };
    const rows: RosterRowChange[] = [{ id: 'unknown', v: 1, load: { open: 1, capacity: 5, ratio: 0.2 } }];
    expect(rosterReducer.apply(view, { ...frame, rows, removed: [], teams: [] })).toBe('gap');
  });

  it('refuses a replay that ends short of what the answer promises', () => {
    const server = new ModelServer();
    const held = startOf(server, null);
    server.do({ act: 'load', agent: 1, value: 1 });
    server.do({ act: 'load', agent: 1, value: 2 });
    const answer = server.subscribe(held);
    if (answer.mode !== 'replay') throw new Error('expected a replay');
    expect(rosterReducer.start(held, { ...answer, deltas: answer.deltas.slice(0, 1) })).toBe('gap');
    expect(rosterReducer.start(null, answer)).toBe('gap');
  });

  it('moves agents between assignable and excluded', () => {
    const agent = { agentId: 'a', name: 'A', teamId: 't', load: whole('a', 0).load, density: whole('a', 0).density };
    const at = { subscription: 's', epoch: 'e', asOf: AS_OF };
    const view = assignableReducer.start(null, { ...at, offset: 1, mode: 'snapshot', rows: [agent], excluded: [] });
    if (view === 'gap') throw new Error('a snapshot is never a gap');
    const gone = { agentId: 'a', reasons: ['busy' as const] };
    const without = assignableReducer.apply(view, { ...at, prev: 1, offset: 2, upserts: [], removed: [gone] });
    expect(without).toEqual({
      epoch: 'e',
      asOf: AS_OF,
      offset: 2,
      agents: new Map(),
      excluded: new Map([['a', gone]]),
    });
    if (without === 'gap') return;
    const back = assignableReducer.apply(without, { ...at, prev: 2, offset: 5, upserts: [agent], removed: [] });
    expect(back).toEqual({ epoch: 'e', asOf: AS_OF, offset: 5, agents: new Map([['a', agent]]), excluded: new Map() });
  });

  it('forgets agents who are gone, whether they were assignable or excluded', () => {
    const agent = { agentId: 'a', name: 'A', teamId: 't', load: whole('a', 0).load, density: whole('a', 0).density };
    const at = { subscription: 's', epoch: 'e', asOf: AS_OF };
    const excluded = [{ agentId: 'b', reasons: ['busy' as const] }];
    const view = assignableReducer.start(null, { ...at, offset: 1, mode: 'snapshot', rows: [agent], excluded });
    if (view === 'gap') throw new Error('a snapshot is never a gap');
    const removed = ['a', 'b'].map((agentId) => ({ agentId, reasons: [] }));
    const after = assignableReducer.apply(view, { ...at, prev: 1, offset: 2, upserts: [], removed });
    expect(after).toEqual({ epoch: 'e', asOf: AS_OF, offset: 2, agents: new Map(), excluded: new Map() });
  });
});
