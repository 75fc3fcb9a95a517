import fc from 'fast-check';
import type { RosterRow, RosterTeam } from '#contracts';
import { decodeJournal, emptyJournal, encodeJournal, type Journal } from './journal.js';
import { Projection } from './projection.js';
import { type Decision, EPOCH, World } from '../../../test/support/world.js';

const decision: fc.Arbitrary<Decision> = fc.record({ what: fc.nat(1_000), which: fc.nat(1_000), how: fc.nat(1_000) });

const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('change' as const), decision }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('publish' as const), decision }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), decision }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), decision }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('load' as const), decision }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle' as const), decision }) },
);

/** The journal of an epoch whose first entry is the world's first. */
function firstJournal(world: World): Journal {
  return emptyJournal({ ...world.feed[0], epoch: EPOCH });
}

function load(world: World, journal: Journal, settledAt = 0): Projection {
  const projection = new Projection(journal, world.load(journal.bucket, settledAt));
  catchUp(world, projection);
  return projection;
}

function catchUp(world: World, projection: Projection): void {
  for (const entry of world.feed.slice(projection.offset)) projection.apply(entry);
}

function rowsOf(projection: Projection): RosterRow[] {
  return sorted([...projection.standings()].map(({ row }) => row));
}

function sorted<T extends { id: string }>(rows: Iterable<T>): T[] {
  return [...rows].sort((a, b) => a.id.localeCompare(b.id));
}

function without<T extends { v: number }>(rows: T[]): Omit<T, 'v'>[] {
  return rows.map(({ v: _, ...row }) => row);
}

function expectTruth(world: World, projection: Projection): void {
  expect(without(rowsOf(projection))).toEqual(sorted(world.rows()));
  expect(without<RosterTeam>(sorted(projection.teams()))).toEqual(sorted(world.teamRows()));
}

/** The offset at which each row of a node that was there from the beginning last looked different. */
function lastDifferences(world: World, journal: Journal): Map<string, number> {
  const projection = new Projection(journal, new World().load(journal.bucket, 0));
  const last = new Map<string, number>();
  for (const entry of world.feed.slice(projection.offset)) {
    const before = looks(projection);
    projection.apply(entry);
    for (const [id, look] of looks(projection)) if (before.get(id) !== look) last.set(id, entry.offset);
  }
  return last;
}

function looks(projection: Projection): Map<string, string> {
  return new Map(
    [...rowsOf(projection), ...projection.teams()].map((row) => [row.id, JSON.stringify({ ...row, v: 0 })]),
  );
}

/**
 * A node may name a later offset for a row than the last difference, never an earlier one: a replay, which starts at
 * the history's floor at the earliest, would miss it.
 */
function expectSafeOffsets(last: Map<string, number>, projection: Projection): void {
  for (const { id, v } of [...rowsOf(projection), ...projection.teams()]) {
    const difference = last.get(id) ?? 0;
    if (difference > projection.history.floor) expect(v).toBeGreaterThanOrEqual(difference);
    expect(v).toBeLessThanOrEqual(projection.offset);
  }
}

describe('Projection', () => {
  it('equals a brute-force count of the stored rows, however loads, commits and entries interleave', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 100 }), (steps) => {
        const world = new World();
        const projections = [load(world, firstJournal(world))];
        for (const { kind, decision } of steps) {
          if (kind === 'change') world.change(decision);
          if (kind === 'publish') world.publishOne(decision.which);
          if (kind === 'repeat') world.repeat(decision.which);
          if (kind === 'pass') world.pass((decision.how % 10 === 0 ? 97 : 1) + (decision.which % 3));
          if (kind === 'load') {
            const origin = projections[decision.which % projections.length].journal();
            const journal = decision.how % 4 === 0 ? firstJournal(world) : decodeJournal(encodeJournal(origin));
            projections.push(load(world, journal, Infinity));
          }
          if (kind === 'settle') world.settle(decision.which);
          for (const projection of decision.how % 2 || kind === 'settle' ? projections : []) catchUp(world, projection);
          if (kind === 'settle') for (const projection of projections) expectTruth(world, projection);
        }
        world.settle(0);
        const last = lastDifferences(world, firstJournal(world));
        for (const projection of projections) {
          catchUp(world, projection);
          expectTruth(world, projection);
          expectSafeOffsets(last, projection);
        }
      }),
      { numRuns: 1200 },
    );
  });

  it('has the same offsets on a node that loads from the journal of another', () => {
    fc.assert(
      fc.property(fc.array(decision, { maxLength: 40 }), fc.array(decision, { maxLength: 20 }), (before, after) => {
        const world = new World();
        const early = load(world, firstJournal(world));
        const act = (each: Decision) => {
          world.change(each);
          world.settle(each.which);
          if (each.how % 5 === 0) world.pass(1 + (each.which % 70));
          catchUp(world, early);
        };
        for (const each of before) act(each);
        const late = load(world, decodeJournal(encodeJournal(early.journal())));
        for (const each of after) act(each);
        catchUp(world, late);
        expect(rowsOf(late)).toEqual(rowsOf(early));
        expect(sorted(late.teams())).toEqual(sorted(early.teams()));
        expect(late.journal().history).toEqual(early.journal().history);
      }),
      { numRuns: 200 },
    );
  });

  it('names in a change exactly the rows and fields that changed', () => {
    const world = new World();
    const projection = load(world, firstJournal(world));
    const before = new Map(rowsOf(projection).map((row) => [row.id, row]));
    world.change({ what: 4, which: 0, how: 0 });
    world.settle(0);
    const [entry] = world.feed.slice(projection.offset);
    const change = projection.apply(entry);
    expect(change.agents).toHaveLength(1);
    const [{ after, before: standing }] = change.agents;
    expect(standing?.row).toEqual(before.get(standing?.row.id ?? ''));
    expect(after?.row).toMatchObject({ presence: { state: 'available' }, v: entry.offset });
    expect(after?.row.density).toBe(standing?.row.density);
    expect(change.teams.map(({ id }) => id)).toEqual([after?.row.teamId]);
  });
});
