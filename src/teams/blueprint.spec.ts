import fc from 'fast-check';
import { PERMISSIONS } from '#contracts';
import { beyond, normalize } from './blueprint.js';

const permissions = fc.array(fc.constantFrom(...PERMISSIONS));

describe('blueprints', () => {
  it('have one normal form for equal sets: no repeats, in the order of the catalogue', () => {
    fc.assert(
      fc.property(permissions, (list) => {
        const normal = normalize(list);
        expect(new Set(normal)).toEqual(new Set(list));
        expect(normal).toEqual(PERMISSIONS.filter((permission) => list.includes(permission)));
        expect(normalize([...list].reverse())).toEqual(normal);
        expect(normalize(normal)).toEqual(normal);
      }),
    );
  });

  it('are beyond somebody in exactly what is asked for and not their own', () => {
    fc.assert(
      fc.property(permissions, permissions, (own, asked) => {
        const missing = beyond(new Set(own), asked);
        expect(missing).toEqual(normalize(asked.filter((permission) => !own.includes(permission))));
        expect(beyond(new Set([...own, ...asked]), asked)).toEqual([]);
      }),
    );
  });
});
