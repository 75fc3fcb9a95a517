import { decodeChange, encodeChange, type FeedChange, mergeChanges, sizeOf } from './feed-entry.js';

const counted = (xid: string, bucket: number): FeedChange => ({
  counted: [{ xid, increments: [{ agentId: 'a', teamId: null, bucket, inbound: 1, outbound: 2 }] }],
});

describe('feed entries', () => {
  it('come back as they went', () => {
    const change: FeedChange = {
      ...counted('18446744073709551615', 12),
      presences: [{ agentId: 'a', state: 'away', availability: 'away', connected: true, since: 5, version: 2 }],
    };
    expect(decodeChange(encodeChange(change))).toEqual(change);
    expect(decodeChange('{}')).toEqual({});
  });

  it('are joined in order, without empty parts', () => {
    const joined = mergeChanges([counted('1', 1), {}, counted('2', 2)]);
    expect(joined.counted?.map(({ xid }) => xid)).toEqual(['1', '2']);
    expect(encodeChange(joined)).not.toContain('agents');
    expect(sizeOf(joined)).toBe(2);
  });
});
