import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cellAt, fitWall, layoutWall, move, rectOf, SIZES, visibleCells } from './wall-layout.js';

const walls = fc
  .record({
    counts: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 }),
    width: fc.integer({ min: 200, max: 2_500 }),
    size: fc.constantFrom(...Object.values(SIZES)),
  })
  .map(({ counts, width, size }) => layoutWall(counts, width, size, 30));

describe('the layout of the wall', () => {
  it('finds every cell again where it put it, inside the wall', () => {
    fc.assert(
      fc.property(walls, (layout) => {
        for (const [group, { count }] of layout.groups.entries()) {
          for (let index = 0; index < count; index += 1) {
            const { x, y, width, height } = rectOf(layout, { group, index });
            expect(cellAt(layout, x + width / 2, y + height / 2)).toEqual({ group, index });
            expect(y + height).toBeLessThanOrEqual(layout.height + 1e-6);
            expect(x + width).toBeLessThanOrEqual(Math.max(layout.width, width) + 1e-6);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('finds none between cells and in heads', () => {
    const layout = layoutWall([5], 600, SIZES.medium, 30);
    expect(cellAt(layout, 10, 10)).toBeNull();
    expect(cellAt(layout, layout.cell.width + 1, 40)).toBeNull();
    expect(cellAt(layout, -1, 40)).toBeNull();
  });

  it('shows all that is in sight and little more', () => {
    fc.assert(
      fc.property(walls, fc.nat(2_000), (layout, top) => {
        const bottom = top + 400;
        const shown = new Set(
          visibleCells(layout, top, bottom).flatMap(({ group, first, end }) =>
            Array.from({ length: end - first }, (_, i) => `${group}/${first + i}`),
          ),
        );
        for (const [group, { count }] of layout.groups.entries()) {
          for (let index = 0; index < count; index += 1) {
            const { y, height } = rectOf(layout, { group, index });
            if (y < bottom && y + height > top) expect(shown).toContain(`${group}/${index}`);
          }
        }
        expect(shown.size).toBeLessThanOrEqual(
          layout.columns * (Math.ceil(400 / layout.cell.height) + 2) * layout.groups.length,
        );
      }),
      { numRuns: 40 },
    );
  });

  it('fits everybody on one screen if it can', () => {
    expect(fitWall([40, 60, 100], 1_900, 950, 30).height).toBeLessThanOrEqual(950);
    expect(fitWall([20], 1_900, 950, 0).cell.width).toBeGreaterThan(180);
  });

  it('leads by keys to neighbours, across groups, and never out', () => {
    const layout = layoutWall([5, 3], 3 * 142 + 10, SIZES.medium, 30);
    expect(layout.columns).toBe(3);
    expect(move(layout, { group: 0, index: 4 }, 'ArrowRight')).toEqual({ group: 1, index: 0 });
    expect(move(layout, { group: 0, index: 2 }, 'ArrowDown')).toEqual({ group: 0, index: 4 });
    expect(move(layout, { group: 0, index: 4 }, 'ArrowDown')).toEqual({ group: 1, index: 1 });
    expect(move(layout, { group: 1, index: 2 }, 'ArrowUp')).toEqual({ group: 0, index: 4 });
    expect(move(layout, { group: 0, index: 0 }, 'ArrowLeft')).toEqual({ group: 0, index: 0 });
    expect(move(layout, { group: 0, index: 0 }, 'End')).toEqual({ group: 1, index: 2 });
  });
});
