import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { KEEP_MS, SharedView } from './shared-view.js';

describe('a shared view', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  function shared() {
    const counts = { opened: 0, closed: 0 };
    const view = new SharedView(() => {
      counts.opened += 1;
      return { close: () => void (counts.closed += 1) };
    });
    return { view, counts };
  }

  it('is subscribed once for all that hold it, and ended a while after the last', () => {
    const { view, counts } = shared();
    expect([view.current, counts.opened]).toEqual([null, 0]);
    const [first, second] = [view.hold(), view.hold()];
    first();
    first();
    jest.advanceTimersByTime(KEEP_MS);
    expect(counts).toEqual({ opened: 1, closed: 0 });
    second();
    jest.advanceTimersByTime(KEEP_MS);
    expect(counts).toEqual({ opened: 1, closed: 1 });
    expect(view.current).toBeNull();
  });

  it('stays for a screen that comes right after another', () => {
    const { view, counts } = shared();
    view.hold()();
    jest.advanceTimersByTime(KEEP_MS - 1);
    view.hold();
    jest.advanceTimersByTime(KEEP_MS);
    expect(counts).toEqual({ opened: 1, closed: 0 });
  });

  it('says when there is one, and when not any more', () => {
    const { view } = shared();
    const seen: boolean[] = [];
    view.subscribe(() => seen.push(view.current !== null));
    view.hold();
    view.end();
    expect(seen).toEqual([true, false]);
  });
});
