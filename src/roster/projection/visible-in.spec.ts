import { parseSnapshot, visibleIn } from './visible-in.js';

describe('visibleIn', () => {
  it('decides like pg_visible_in_snapshot', () => {
    const snapshot = parseSnapshot('100:110:100,103');
    const visible = ['99', '100', '101', '103', '109', '110', '111'].filter((xid) => visibleIn(snapshot, xid));
    expect(visible).toEqual(['99', '101', '109']);
  });

  it('reads a snapshot without transactions in progress', () => {
    const snapshot = parseSnapshot('777:777:');
    expect([visibleIn(snapshot, '776'), visibleIn(snapshot, '777')]).toEqual([true, false]);
  });

  it('keeps ids beyond 2^53 apart', () => {
    const snapshot = parseSnapshot('9007199254740993:9007199254740994:9007199254740993');
    expect(visibleIn(snapshot, '9007199254740992')).toBe(true);
    expect(visibleIn(snapshot, '9007199254740993')).toBe(false);
  });
});
