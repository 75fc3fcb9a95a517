import { expect, it } from '@jest/globals';
import { readQuery, writeQuery } from './floor-query.js';

it('an address asks again for what it was written from', () => {
  const query = {
    sort: 'waiting',
    presence: 'busy',
    teamId: 't',
    search: 'ana',
    byTeam: false,
    size: 'large',
    tv: true,
  } as const;
  expect(readQuery(writeQuery(query))).toEqual(query);
  expect(writeQuery(readQuery(new URLSearchParams())).size).toBe(0);
});

it('what an address says that is unknown is left out', () => {
  const query = readQuery(new URLSearchParams('sort=luck&presence=gone&size=huge&tv=1'));
  expect(query).toMatchObject({ sort: 'density', presence: undefined, size: 'medium', tv: false });
});
