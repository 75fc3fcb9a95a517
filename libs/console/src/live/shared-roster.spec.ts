import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LiveRoster } from '#client';
import { KEEP_MS, SharedRoster } from './shared-roster.js';

describe('the shared roster', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  function shared() {
    const counts = { opened: 0, closed: 0 };
    const roster = new SharedRoster(() => {
      counts.opened += 1;
      return { close: () => (counts.closed += 1) } as unknown as LiveRoster;
    });
    return { roster, counts };
  }

  it('is subscribed once for all that hold it, and ended a while after the last', () => {
    const { roster, counts } = shared();
    expect([roster.current, counts.opened]).toEqual([null, 0]);
    const [first, second] = [roster.hold(), roster.hold()];
    first();
    first();
    jest.advanceTimersByTime(KEEP_MS);
    expect(counts).toEqual({ opened: 1, closed: 0 });
    second();
    jest.advanceTimersByTime(KEEP_MS);
    expect(counts).toEqual({ opened: 1, closed: 1 });
    expect(roster.current).toBeNull();
  });

  it('stays for a screen that comes right after another', () => {
    const { roster, counts } = shared();
    roster.hold()();
    jest.advanceTimersByTime(KEEP_MS - 1);
    roster.hold();
    jest.advanceTimersByTime(KEEP_MS);
    expect(counts).toEqual({ opened: 1, closed: 0 });
  });

  it('says when there is one, and when not any more', () => {
    const { roster } = shared();
    const seen: boolean[] = [];
    roster.subscribe(() => seen.push(roster.current !== null));
    roster.hold();
    roster.end();
    expect(seen).toEqual([true, false]);
  });
});
