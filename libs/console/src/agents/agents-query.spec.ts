import { describe, expect, it } from '@jest/globals';
import {
  filtersOf,
  isFiltered,
  isFiltering,
  paramsOf,
  readAgentsQuery,
  sortBy,
  writeAgentsQuery,
} from './agents-query.js';

const plain = readAgentsQuery(new URLSearchParams());

describe('the query of the list of agents', () => {
  it('comes back from its address', () => {
    const query = {
      ...plain,
      q: 'ana',
      teamId: 't',
      status: 'inactive',
      hidePhone: false,
      sort: 'team',
      isDescending: true,
    } as const;
    expect(readAgentsQuery(writeAgentsQuery(query))).toEqual(query);
    expect(writeAgentsQuery(plain).size).toBe(0);
  });

  it('leaves out what the server would refuse', () => {
    expect(readAgentsQuery(new URLSearchParams('sort=-luck&status=gone&hidePhone=x'))).toEqual({
      ...plain,
      isDescending: true,
    });
  });

  it('asks the server only for what is asked', () => {
    expect(paramsOf(plain)).toEqual({ sort: 'name' });
    expect(paramsOf({ ...plain, hidePhone: false, sort: 'createdAt', isDescending: true })).toEqual({
      sort: '-createdAt',
      hidePhone: false,
    });
    expect(filtersOf({ ...plain, q: 'ana', status: 'active', isDescending: true })).toEqual({
      q: 'ana',
      status: 'active',
    });
    expect([isFiltered(plain), isFiltered({ ...plain, hidePhone: false })]).toEqual([false, true]);
  });

  it('knows what changes who is in sight', () => {
    expect([isFiltering({ q: '' }), isFiltering({ teamId: null }), isFiltering(sortBy(plain, 'team'))]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('turns its order round on the second click', () => {
    expect(sortBy(plain, 'team')).toEqual({ sort: 'team', isDescending: false });
    expect(sortBy({ ...plain, sort: 'team' }, 'team')).toEqual({ sort: 'team', isDescending: true });
  });
});
