import { run } from '../faults/access/run.js';
import { unseen } from '../faults/access/check/coverage.js';
import { describe as tell } from '../faults/access/report.js';

/** A short version of `npm run test:faults -- access`, with the faults that need no long recovery and no bounds of time. */
describe('access while nodes stop, are cut off and forget', () => {
  it.each([
    ['a fixed seed', 20_261_123],
    ['a seed of its own', Math.floor(Math.random() * 2 ** 32)],
  ])(
    'keeps what it promises, with %s',
    async (_which, seed) => {
      const said: string[] = [];
      const outcome = await run({
        seed,
        seconds: 7,
        faults: ['stop', 'cut', 'flush'],
        mutant: null,
        until: [],
        say: (line) => said.push(line),
        signal: AbortSignal.timeout(150_000),
      });
      const complaint = [...said, tell(outcome), outcome.heard].join('\n');
      const violations = outcome.violations.filter(({ isTiming }) => !isTiming);
      expect(violations.length > 0 ? complaint : 'no violation').toBe('no violation');
      expect(unseen(outcome.coverage)).toEqual([]);
    },
    180_000,
  );
});
