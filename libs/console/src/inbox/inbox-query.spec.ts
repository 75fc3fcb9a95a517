import { describe, expect, it } from '@jest/globals';
import { type InboxQuery, paramsOf, readInboxQuery, SCOPES, STATUSES, writeInboxQuery } from './inbox-query.js';

describe('the list of conversations in the address', () => {
  it('is read as it was written, whatever one begins with', () => {
    for (const scope of SCOPES)
      for (const status of STATUSES)
        for (const fallback of SCOPES) {
          const query: InboxQuery = { scope, status, q: 'olena & co' };
          expect(readInboxQuery(writeInboxQuery(query, fallback), fallback)).toEqual(query);
        }
    expect(readInboxQuery(new URLSearchParams('scope=x&status=y'), 'mine')).toEqual({
      scope: 'mine',
      status: 'open',
      q: '',
    });
  });

  it('asks the server for the longest wait first where nobody has it, else for what moved last', () => {
    expect(paramsOf({ scope: 'queue', status: 'open', q: ' ' }, 'me')).toEqual({
      status: 'open',
      sort: 'waitingSince',
      unassigned: true,
    });
    expect(paramsOf({ scope: 'mine', status: 'resolved', q: 'ana' }, 'me')).toEqual({
      status: 'resolved',
      sort: '-lastMessageAt',
      assigneeId: 'me',
      q: 'ana',
    });
  });
});
