import { Clock } from '../clock.js';
import { testConfig } from '../../../test/support/config.js';
import { HandshakeQueue } from './handshake-queue.js';

/** More than can wait. */
const CLIENTS = 12_000;

describe('the line of clients', () => {
  it('has an end: who comes when it is full is not let in later either', async () => {
    const queue = new HandshakeQueue(testConfig({}), new Clock());
    let entered = 0;
    const taken = Array.from({ length: CLIENTS }, () => queue.pass({}, () => entered++)).filter(Boolean).length;
    expect(taken).toBeLessThan(CLIENTS);
    expect(taken).toBe(entered + queue.waiting);
    while (queue.waiting > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(entered).toBe(taken);
    expect(queue.pass({}, () => entered++)).toBe(true);
  });
});
