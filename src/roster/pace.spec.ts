import { Pace } from './pace.js';

describe('Pace', () => {
  it('is quiet at a hundred a second, however they fall', () => {
    const pace = new Pace(100);
    for (let now = 0; now < 5_000; now += 10) {
      pace.note(1, now);
      expect(pace.isQuiet(now)).toBe(true);
    }
  });

  it('is busy within a window of a burst, and quiet again after two', () => {
    const pace = new Pace(100);
    pace.note(21, 1_050);
    expect([1_050, 1_099, 1_101].map((now) => pace.isQuiet(now))).toEqual([false, false, false]);
    expect(pace.isQuiet(1_200)).toBe(true);
  });

  it('stays busy at a thousand a second', () => {
    const pace = new Pace(100);
    const quiet: boolean[] = [];
    for (let now = 0; now < 3_000; now++) {
      pace.note(1, now);
      quiet.push(pace.isQuiet(now));
    }
    expect(quiet.slice(30)).not.toContain(true);
  });
});
