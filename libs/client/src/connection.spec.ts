import { describe, expect, it } from '@jest/globals';
import { LiveConnection } from './connection.js';
import { Credentials, memoryStore } from './credentials.js';
import { rosterReducer } from './delta.js';
import { MusterUnreachable } from './errors.js';
import { ManualClock } from './manual-clock.js';
import type { OpenWire, WireHandlers } from './wire.js';

/** The network's side: opens what the client asks for, answers nothing. */
class FakeNetwork {
  readonly attempts: WireHandlers[] = [];
  dropped = 0;
  requests: string[] = [];

  readonly openWire: OpenWire = (_url, _namespace, token, handlers) => {
    this.attempts.push(handlers);
    return {
      token,
      request: (event) => {
        this.requests.push(event);
        return Promise.reject(new MusterUnreachable('no answer'));
      },
      close: () => {},
      drop: () => (this.dropped += 1),
    };
  };
}

async function connect(random: () => number) {
  const clock = new ManualClock();
  const network = new FakeNetwork();
  const credentials = new Credentials('msk_key', memoryStore(), () =>
    Promise.reject(new Error('a key is never renewed')),
  );
  const connection = new LiveConnection({
    url: 'http://muster',
    namespace: '/dashboard',
    credentials,
    openWire: network.openWire,
    clock,
    random,
  });
  await clock.advance(0);
  return { clock, network, connection };
}

describe('a live connection', () => {
  it('spreads its tries over a growing time', async () => {
    const { clock, network } = await connect(() => 0.999);
    const tried: number[] = [];
    for (let i = 0; i < 7; i += 1) {
      const before = network.attempts.length;
      network.attempts.at(-1)?.onDown(null);
      const from = clock.now();
      while (network.attempts.length === before) await clock.advance(100);
      tried.push(clock.now() - from);
    }
    expect(tried).toEqual([1_000, 2_000, 4_000, 5_000, 5_000, 5_000, 5_000]);
  });

  it('comes back soon after it was good for a while', async () => {
    const { clock, network } = await connect(() => 0.999);
    network.attempts.at(-1)?.onDown(null);
    await clock.advance(1_000);
    network.attempts.at(-1)?.onUp();
    await clock.advance(5_001);
    network.attempts.at(-1)?.onDown(null);
    await clock.advance(1_000);
    expect(network.attempts).toHaveLength(3);
  });

  it('is stale when it has been away for ten seconds, and live when it is back', async () => {
    const { clock, network, connection } = await connect(() => 0.999);
    network.attempts[0]?.onUp();
    network.attempts[0]?.onDown(null);
    await clock.advance(9_999);
    expect(connection.current.status).toBe('resuming');
    await clock.advance(1);
    expect(connection.current.status).toBe('stale');
    network.attempts.at(-1)?.onUp();
    expect(connection.current.status).toBe('live');
  });

  it('drops a connection that does not acknowledge and makes another', async () => {
    const { clock, network, connection } = await connect(() => 0.5);
    connection.follow({ body: { topic: 'roster' }, deltaEvents: ['roster.delta'], reducer: rosterReducer });
    network.attempts[0]?.onUp();
    await clock.advance(0);
    expect([network.requests, network.dropped]).toEqual([['subscribe'], 1]);
    await clock.advance(1_000);
    expect(network.attempts).toHaveLength(2);
  });

  it('makes no further try once it is closed', async () => {
    const { clock, network, connection } = await connect(() => 0.5);
    network.attempts[0]?.onDown(null);
    connection.close();
    await clock.advance(60_000);
    expect(network.attempts).toHaveLength(1);
    expect(
      connection.follow({ body: {}, deltaEvents: ['roster.delta'], reducer: rosterReducer }).current.closure?.code,
    ).toBe('closed_by_client');
  });
});
