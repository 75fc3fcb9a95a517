import { windows } from '../faults/windows/windows.suite.js';

/** A short version of `npm run test:faults -- windows`. */
describe('the windows while nodes are killed and Redis is emptied', () => {
  it('are what was reported, on every node and in every live view, or say that they are not', async () => {
    const said: string[] = [];
    const seed = Math.floor(Math.random() * 2 ** 32);
    const signal = AbortSignal.timeout(70_000);
    const failures = await windows({ seed, seconds: 8, agents: 200, say: (line) => said.push(line), signal });
    expect({ failures, said: failures.length > 0 ? [`seed ${seed}`, ...said] : [] }).toEqual({
      failures: [],
      said: [],
    });
  });
});
