import fc from 'fast-check';
import type { DensityWindows } from '#contracts';
import { bucketOf, SPANS, WindowCounter } from './window.js';

interface Counted {
  key: string;
  bucket: number;
  inbound: number;
  outbound: number;
}

const START = 1_000_000;
const KEYS = ['a', 'b', 'c'];

/** What the windows are by definition: everything counted with a bucket in (now − span, now]. */
function bruteForce(all: Counted[], now: number, key: string) {
  const windows = (pick: (counted: Counted) => number): DensityWindows => {
    const sum = (span: number) =>
      all
        .filter((counted) => counted.key === key && counted.bucket > now - span && counted.bucket <= now)
        .reduce((total, counted) => total + pick(counted), 0);
    return { m1: sum(SPANS.m1), m5: sum(SPANS.m5), m15: sum(SPANS.m15), h1: sum(SPANS.h1) };
  };
  return {
    ...windows((counted) => counted.inbound + counted.outbound),
    inbound: windows((counted) => counted.inbound),
    outbound: windows((counted) => counted.outbound),
  };
}

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      key: fc.constantFrom(...KEYS),
      age: fc.integer({ min: -70, max: 800 }),
      inbound: fc.nat(3),
      outbound: fc.nat(3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('advance' as const),
      by: fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 1600 })),
    }),
  },
);

describe('WindowCounter', () => {
  it('equals a brute-force count, whatever the order: late, dated ahead, too old, after long pauses', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const counter = new WindowCounter(START);
        const counted: Counted[] = [];
        for (const each of steps) {
          const before = new Map(KEYS.map((key) => [key, counter.density(key)]));
          if (each.kind === 'add') {
            const { key, inbound, outbound } = each;
            const bucket = counter.bucket - each.age;
            counter.add(key, bucket, inbound, outbound);
            counted.push({ key, bucket, inbound, outbound });
          } else {
            const touched = counter.advance(counter.bucket + each.by);
            for (const key of KEYS) if (!touched.has(key)) expect(counter.density(key)).toEqual(before.get(key));
          }
          for (const key of KEYS) {
            const expected = bruteForce(counted, counter.bucket, key);
            expect(counter.density(key)).toEqual(expected);
            expect(counter.windows(key)).toEqual({
              m1: expected.m1,
              m5: expected.m5,
              m15: expected.m15,
              h1: expected.h1,
            });
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('ignores what is too old for any window', () => {
    const counter = new WindowCounter(START);
    counter.add('a', START - SPANS.h1, 1, 0);
    expect(Reflect.get(counter, 'buckets')).toHaveProperty('size', 0);
    counter.add('a', START - SPANS.h1 + 1, 1, 0);
    expect(counter.windows('a')).toEqual({ m1: 0, m5: 0, m15: 0, h1: 1 });
  });

  it('holds no memory for keys that were quiet for an hour', () => {
    const counter = new WindowCounter(START);
    for (let index = 0; index < 1_000; index++) counter.add(`agent-${index}`, START + (index % 40), 1, 1);
    for (let bucket = START; bucket <= START + SPANS.h1 + 40; bucket++) counter.advance(bucket);
    expect(Reflect.get(counter, 'buckets')).toHaveProperty('size', 0);
    expect(Reflect.get(counter, 'sums')).toHaveProperty('size', 0);
  });

  it('puts a time into its bucket of five seconds', () => {
    expect([0, 4_999, 5_000].map(bucketOf)).toEqual([0, 0, 1]);
  });
});
