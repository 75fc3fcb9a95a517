import { describe, expect, it } from '@jest/globals';
import { EMPTY_THRESHOLD, requestOf, wrongFields } from './threshold-draft.js';

describe('a draft of a threshold', () => {
  it('names what is missing or no number', () => {
    expect(wrongFields({ ...EMPTY_THRESHOLD, value: 'x', forMinutes: '1.5' })).toEqual(['name', 'value', 'forMinutes']);
    expect(wrongFields({ ...EMPTY_THRESHOLD, name: 'Long wait', value: '0.8' })).toEqual([]);
  });

  it('sends a window only for density, and never that somebody waits too little', () => {
    const draft = { ...EMPTY_THRESHOLD, name: ' A ', comparison: 'below' } as const;
    expect(requestOf(draft)).toMatchObject({ name: 'A', comparison: 'above', window: null, scope: { teamId: null } });
    expect(requestOf({ ...draft, kind: 'density', teamId: 't' })).toMatchObject({
      comparison: 'below',
      window: 'm5',
      scope: { teamId: 't' },
    });
  });
});
