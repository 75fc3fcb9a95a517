import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Lanes } from './lanes.js';

describe('Lanes', () => {
  it('keeps the order of each key, whatever the works take, and runs keys beside each other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(fc.nat(3), { maxLength: 12 }), async (scheduler, keys) => {
        const lanes = new Lanes<number>(() => {});
        const done: { key: number; index: number }[] = [];
        keys.forEach((key, index) => {
          lanes.run(key, async () => {
            await scheduler.schedule(Promise.resolve());
            done.push({ key, index });
          });
        });
        await scheduler.waitIdle();
        for (const key of new Set(keys)) {
          const order = done.filter((one) => one.key === key).map(({ index }) => index);
          expect(order).toEqual(order.toSorted((a, b) => a - b));
        }
        expect(done).toHaveLength(keys.length);
      }),
    );
  });

  it('goes on after an error, and forgets keys that are done', async () => {
    const errors: unknown[] = [];
    const lanes = new Lanes<string>((error) => errors.push(error));
    const done = new Promise<void>((resolve) => {
      lanes.run('a', () => Promise.reject(new Error('for a test')));
      lanes.run('a', () => Promise.resolve(resolve()));
    });
    expect(lanes.busy('a')).toBe(true);
    await done;
    await new Promise((resolve) => setImmediate(resolve));
    expect(lanes.busy('a')).toBe(false);
    expect(errors).toHaveLength(1);
  });
});
