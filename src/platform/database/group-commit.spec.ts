import { GroupCommit } from './group-commit.js';

/** Commits that the test lets go, one by one. */
function controlled(limits: { maxInFlight?: number; maxRows?: number; maxWaiting?: number } = {}) {
  const started: string[][] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const group = new GroupCommit<string, string>({
    commit: async (requests) => {
      const end = Promise.withResolvers<void>();
      started.push(requests);
      ends.push(end);
      await end.promise;
      return requests.map((request) => request.toUpperCase());
    },
    rowsOf: (request) => request.length,
    maxInFlight: 1,
    maxRows: 4,
    maxWaiting: 10,
    ...limits,
  });
  /** Lets everything that can start, start. */
  const settle = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  return { group, started, ends, settle };
}

/** A group whose commits fail as told, with what was tried. */
function failing(fail: (requests: string[], attempt: number) => Error | false) {
  const tried: string[][] = [];
  const group = new GroupCommit<string, string>({
    commit: async (requests) => {
      tried.push(requests);
      const error = fail(requests, tried.length);
      if (error) throw error;
      return requests;
    },
    rowsOf: () => 1,
    maxInFlight: 1,
    maxRows: 100,
    maxWaiting: 100,
  });
  return { group, tried };
}

const pgError = (code: string) => Object.assign(new Error(code), { code });

describe('GroupCommit', () => {
  it('starts what finds nothing under way, and gathers what comes meanwhile', async () => {
    const { group, started, ends, settle } = controlled();
    const first = group.submit('a');
    await settle();
    const rest = ['b', 'c'].map((request) => group.submit(request));
    await settle();
    expect(started).toEqual([['a']]);
    ends[0]?.resolve();
    expect(await first).toBe('A');
    await settle();
    expect(started).toEqual([['a'], ['b', 'c']]);
    ends[1]?.resolve();
    expect(await Promise.all(rest)).toEqual(['B', 'C']);
  });

  it('keeps to the rows of a group and to the number under way, in the order they came', async () => {
    const { group, started, settle } = controlled({ maxInFlight: 2, maxWaiting: 100 });
    for (const request of ['aa', 'bb', 'c', 'ddddddd', 'e']) void group.submit(request);
    await settle();
    expect(started).toEqual([['aa', 'bb'], ['c']]);
  });

  it('runs a request that is larger than a group on its own', async () => {
    const { group, started, ends, settle } = controlled({ maxWaiting: 100 });
    const large = group.submit('a'.repeat(20));
    void group.submit('b');
    await settle();
    expect(started).toEqual([['a'.repeat(20)]]);
    ends[0]?.resolve();
    expect(await large).toBe('A'.repeat(20));
  });

  it('refuses what would wait in too long a queue, and takes more when it is shorter', async () => {
    const { group, ends, settle } = controlled();
    void group.submit('aaaa');
    await settle();
    void group.submit('b'.repeat(8));
    await expect(group.submit('ccc')).rejects.toMatchObject({ code: 'too_many_requests', extras: { retryAfter: 1 } });
    void group.submit('cc');
    ends[0]?.resolve();
    await settle();
    void group.submit('ddd');
  });

  it('lets a request that can not be committed fail alone', async () => {
    const { group, tried } = failing((requests) => requests.includes('bad') && pgError('22P05'));
    const results = await Promise.allSettled(['a', 'bad', 'c'].map((request) => group.submit(request)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(tried).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
  });

  it('tries again after a deadlock, but not for ever', async () => {
    const once = failing((_, attempt) => attempt < 3 && pgError('40P01'));
    expect(await once.group.submit('a')).toBe('a');
    const always = failing(() => pgError('40001'));
    await expect(always.group.submit('a')).rejects.toMatchObject({ code: '40001' });
    expect(always.tried).toHaveLength(5);
  });

  it('fails all at once when the database is gone', async () => {
    const { group, tried } = failing(() => pgError('ECONNREFUSED'));
    const results = await Promise.allSettled(['a', 'b'].map((request) => group.submit(request)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(tried).toEqual([['a', 'b']]);
  });
});
