import fc from 'fast-check';
import { type ConnectionChange, roundsOf } from './connection-changes.js';

const change = fc.record({
  kind: fc.constantFrom('opened' as const, 'closed' as const, 'lost' as const),
  connection: fc.record({
    id: fc.constantFrom('1', '2', '3'),
    workspaceId: fc.constant('w'),
    agentId: fc.constantFrom('a', 'b', 'c'),
  }),
});
const changes = fc.array(change, { maxLength: 30 });

/** What one agent went through, a turn once. */
function turnsOf(agentId: string, all: readonly ConnectionChange[]): string[] {
  const kinds = all.filter(({ connection, kind }) => connection.agentId === agentId && kind !== 'lost');
  return kinds.map(({ kind }) => kind).filter((kind, index, list) => kind !== list[index - 1]);
}

describe('changes of connections in rounds', () => {
  it('let nobody both come and go in a round', () => {
    fc.assert(
      fc.property(changes, (all) => {
        for (const round of roundsOf(all)) {
          for (const agentId of ['a', 'b', 'c']) expect(turnsOf(agentId, round).length).toBeLessThan(2);
        }
      }),
    );
  });

  it('show each coming and going of an agent, in its order', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const rounds = roundsOf(all);
        for (const agentId of ['a', 'b', 'c']) {
          expect(rounds.flatMap((round) => turnsOf(agentId, round))).toEqual(turnsOf(agentId, all));
        }
      }),
    );
  });

  it('lose none, and lose no connection before it was opened', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const ordered = roundsOf(all).flat();
        expect(ordered).toHaveLength(all.length);
        for (const [index, lost] of all.entries()) {
          const opened = all.findLast(
            (other, at) =>
              at < index && other.kind === 'opened' && other.connection.agentId === lost.connection.agentId,
          );
          if (lost.kind === 'lost' && opened) expect(ordered.indexOf(opened)).toBeLessThan(ordered.indexOf(lost));
        }
      }),
    );
  });

  it('are one round when everybody only comes', () => {
    const all = Array.from({ length: 300 }, (_, n): ConnectionChange => {
      return { kind: 'opened', connection: { id: `${n}`, workspaceId: 'w', agentId: `${n % 7}` } };
    });
    expect(roundsOf(all)).toHaveLength(1);
  });
});
