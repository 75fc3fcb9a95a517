import { describe, expect, it } from '@jest/globals';
import { changesOf, EMPTY_DRAFT, issuesOf, rebase } from './agent-draft.js';

const ana = { ...EMPTY_DRAFT, name: 'Ana', email: 'ana@example.com', phone: '+5511912345678', teamId: 't' };

describe('a draft of an agent', () => {
  it('says all that is wrong with it at once', () => {
    expect(issuesOf({ ...EMPTY_DRAFT, email: 'ana', phone: '0119', capacity: '-1' })).toEqual({
      name: 'nameMissing',
      email: 'emailInvalid',
      phone: 'phoneInvalid',
      teamId: 'teamMissing',
      capacity: 'capacityInvalid',
    });
    expect(issuesOf({ ...ana, phone: '+55 (11) 91234-5678' })).toEqual({});
  });

  it('sends only what it changes', () => {
    expect(changesOf(ana, ana)).toEqual({});
    expect(changesOf(ana, { ...ana, notes: ' night ', capacity: '7' })).toEqual({ notes: 'night', capacity: 7 });
    expect(changesOf({ ...ana, capacity: '7' }, ana)).toEqual({ capacity: null });
  });

  it('keeps what only others changed, and asks where both did', () => {
    const mine = { ...ana, name: 'Ana S.', notes: 'mine' };
    const theirs = { ...ana, teamId: 'u', notes: 'theirs' };
    const { draft, conflicts } = rebase(ana, mine, theirs);
    expect(draft).toEqual({ ...ana, name: 'Ana S.', teamId: 'u', notes: 'mine' });
    expect(conflicts).toEqual(['notes']);
  });

  it('has no conflict where both came to the same', () => {
    expect(rebase(ana, { ...ana, name: 'A' }, { ...ana, name: 'A' }).conflicts).toEqual([]);
  });
});
