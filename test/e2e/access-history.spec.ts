import { run } from '../faults/access/run.js';
import { describe as tell } from '../faults/access/report.js';

/** A busy machine sees less in this time: what was seen is judged, slowness is not. */
const GIVEN_UP_MS = 25_000;

/** A short version of `npm run test:faults -- access`, with the faults that need no long recovery. */
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
        signal: AbortSignal.timeout(GIVEN_UP_MS),
      });
      const complaint = [...said, tell(outcome), outcome.heard].join('\n');
      expect(outcome.violations.length > 0 ? complaint : 'no violation').toBe('no violation');
      expect(outcome.coverage['operations that succeeded']).toBeGreaterThan(0);
    },
    90_000,
  );
});
