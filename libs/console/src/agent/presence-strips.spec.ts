import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PRESENCE_STATES, type PresenceState, type PresenceTimelineEntry } from '#client';
import { stretchesOf, stripsOf, timesOf } from './presence-strips.js';

const NOON = Date.parse('2026-11-23T12:00:00Z');
const HOUR = 3_600_000;

/** A history as the API gives it: stretches that follow one another, the newest first, the last one still lasting. */
function history(begins: number, steps: readonly { state: PresenceState; ms: number }[]): PresenceTimelineEntry[] {
  let at = begins;
  const entries = steps.map(({ state, ms }, n) => {
    const start = at;
    at += ms;
    return {
      kind: 'presence' as const,
      id: String(n),
      at: new Date(start).toISOString(),
      state,
      availability: 'away' as const,
      connected: true,
      cause: 'chosen',
      endedAt: n === steps.length - 1 ? null : new Date(at).toISOString(),
    };
  });
  return entries.toReversed();
}

describe('presence as strips', () => {
  it('cuts what began before, goes on until now, and joins what is alike', () => {
    const entries = history(NOON - 3 * HOUR, [
      { state: 'offline', ms: 2 * HOUR },
      { state: 'available', ms: HOUR / 2 },
      { state: 'available', ms: HOUR / 2 },
      { state: 'busy', ms: 0 },
    ]);
    expect(stretchesOf(entries, NOON - 2 * HOUR, NOON + HOUR)).toEqual([
      { state: 'offline', from: NOON - 2 * HOUR, to: NOON - HOUR },
      { state: 'available', from: NOON - HOUR, to: NOON },
      { state: 'busy', from: NOON, to: NOON + HOUR },
    ]);
  });

  it('leaves a gap where nothing is known', () => {
    const entries = history(NOON - HOUR, [{ state: 'away', ms: HOUR }]);
    expect(stretchesOf(entries, NOON - 4 * HOUR, NOON)).toEqual([{ state: 'away', from: NOON - HOUR, to: NOON }]);
  });

  it('is one strip for a day, and one for each day of a week, the newest first', () => {
    expect(stripsOf([], NOON - 24 * HOUR, NOON)).toEqual([{ from: NOON - 24 * HOUR, to: NOON, stretches: [] }]);
    const days = stripsOf([], NOON - 7 * 24 * HOUR, NOON);
    expect(days).toHaveLength(8);
    for (const { from } of days) expect(new Date(from).getHours()).toBe(0);
    for (const [n, { to }] of days.slice(1).entries()) expect(to).toBe(days[n]?.from);
  });

  it('loses no time and invents none', () => {
    const steps = fc.array(
      fc.record({ state: fc.constantFrom(...PRESENCE_STATES), ms: fc.integer({ min: 0, max: 30 * HOUR }) }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 200 * HOUR }), (list, span) => {
        const from = NOON - span;
        const stretches = stretchesOf(history(from, list), from, NOON);
        const total = (of: typeof stretches): number => Object.values(timesOf(of)).reduce((sum, ms) => sum + ms, 0);
        expect(total(stretches)).toBe(span);
        expect(total(stripsOf(stretches, from, NOON).flatMap((strip) => strip.stretches))).toBe(span);
        for (const [n, next] of stretches.slice(1).entries()) expect(next.state).not.toBe(stretches[n]?.state);
      }),
    );
  });
});
