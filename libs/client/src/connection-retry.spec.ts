import { describe, expect, it } from '@jest/globals';
import type { Problem } from '#contracts';
import { LiveConnection } from './connection.js';
import { Credentials, memoryStore } from './credentials.js';
import { ManualClock } from './manual-clock.js';
import type { WireHandlers } from './wire.js';

const BUSY: Problem = {
  type: 'about:blank',
  title: 'Too many requests',
  status: 429,
  detail: 'Many clients connect right now; connect again in a moment.',
  code: 'too_many_requests',
  requestId: 'r',
  retryable: true,
  errors: [],
  retryAfter: 2,
};

/** A client whose server never lets it in, on a clock of its own. */
async function start(random: () => number) {
  const clock = new ManualClock();
  const attempts: { at: number; wire: WireHandlers }[] = [];
  const connection = new LiveConnection({
    url: 'http://muster',
    namespace: '/inbox',
    credentials: new Credentials('msk_key', memoryStore(), () => Promise.reject(new Error('a key is never renewed'))),
    openWire: (_url, _namespace, token, wire) => {
      attempts.push({ at: clock.now(), wire });
      return { token, request: () => Promise.reject(new Error('not up')), close: () => {}, drop: () => {} };
    },
    clock,
    random,
  });
  await clock.advance(0);
  return { clock, attempts, connection };
}

describe('a client that is told to come again', () => {
  it('comes when it was told, and not all come at that moment', async () => {
    const chances = [0, 0.25, 0.5, 0.999];
    const comeAgain = await Promise.all(
      chances.map(async (chance) => {
        const { clock, attempts } = await start(() => chance);
        attempts[0]?.wire.onDown(BUSY);
        await clock.advance(60_000);
        return attempts[1]?.at;
      }),
    );
    expect(comeAgain).toEqual([2_000, 2_250, 2_500, 2_999]);
  });

  it('waits as long as it is told, each time', async () => {
    const { clock, attempts } = await start(() => 0);
    for (const retryAfter of [3, 1, 7]) {
      attempts.at(-1)?.wire.onDown({ ...BUSY, retryAfter });
      await clock.advance(retryAfter * 1_000 - 1);
      const before = attempts.length;
      await clock.advance(1);
      expect(attempts).toHaveLength(before + 1);
    }
    expect(attempts.map(({ at }) => at)).toEqual([0, 3_000, 4_000, 11_000]);
  });

  it('comes again when its credential has too many sockets, and not when it may not come', async () => {
    const { clock, attempts, connection } = await start(() => 0);
    attempts.at(-1)?.wire.onDown({ ...BUSY, code: 'too_many_sockets', retryAfter: 5 });
    await clock.advance(5_000);
    expect(attempts).toHaveLength(2);
    attempts.at(-1)?.wire.onDown({ ...BUSY, status: 403, code: 'permission_missing', retryable: false });
    await clock.advance(60_000);
    expect(attempts).toHaveLength(2);
    expect(connection.current.closure?.code).toBe('permission_missing');
  });
});
