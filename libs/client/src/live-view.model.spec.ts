import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { STALE_AFTER_MS } from '#contracts';
import { ModelServer } from '../../../test/support/model-server.js';
import { Credentials, memoryStore } from './credentials.js';
import { DashboardConnection, type LiveRoster } from './dashboard.js';
import { ManualClock } from './manual-clock.js';

const HEARTBEAT_MS = 5_000;
/** A heartbeat, the longest pause before the connection is tried again, and before a subscribe is. */
const REPAIRED_WITHIN_MS = 30_000;

/** The client under test, its server, and what must hold between them at every moment. */
class Bench {
  readonly server = new ModelServer();
  readonly view: LiveRoster;
  readonly clock = new ManualClock();
  readonly connection: DashboardConnection;
  heardAt = 0;
  private heard = 0;

  constructor(random: () => number) {
    const { openWire } = this.server;
    const credentials = new Credentials('msk_key', memoryStore(), () => Promise.reject(new Error('never renewed')));
    const parts = { url: 'http://muster', credentials, clock: this.clock, random, openWire };
    this.connection = new DashboardConnection({ ...parts, namespace: '/dashboard' });
    this.view = this.connection.roster();
  }

  async pass(ms: number): Promise<void> {
    if (this.server.delivered > this.heard) this.heardAt = this.clock.now();
    this.heard = this.server.delivered;
    await this.clock.advance(ms);
    expectSound(this);
  }

  /** The client connects and gets its first snapshot. */
  async open(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      await this.pass(0);
      this.server.heal();
    }
    await this.pass(0);
  }
}

/** With a network that works, the view is what the server has, in bounded time. */
async function expectRepair(bench: Bench): Promise<void> {
  for (let ms = 0; ms < REPAIRED_WITHIN_MS; ms += HEARTBEAT_MS) {
    await bench.pass(HEARTBEAT_MS);
    bench.server.heal();
    await bench.pass(0);
    bench.server.heal();
    bench.server.beat();
    bench.server.heal();
    await bench.pass(0);
  }
  expect(bench.view.current.status).toBe('live');
  expect(bench.view.current.view).toMatchObject(bench.server.roster.position);
  for (let beat = 0; beat < 3; beat++) {
    await bench.pass(HEARTBEAT_MS);
    bench.server.beat();
    bench.server.heal();
    expect(bench.view.current.status).toBe('live');
  }
  bench.connection.close();
}

/** The view is a state that the server had, whole; and it is called live only if something was heard lately. */
function expectSound(bench: Bench): void {
  const { view, status } = bench.view.current;
  if (view) {
    const { rows, teams } = view;
    expect({ rows, teams }).toEqual(bench.server.roster.stateAt(view));
  }
  if (status === 'live') expect(bench.clock.now() - bench.heardAt).toBeLessThan(STALE_AFTER_MS);
}

type Act = (bench: Bench) => void | Promise<void>;

/** Something that happens, then a moment in which promises settle. */
function command(name: string, act: Act): fc.AsyncCommand<object, Bench> {
  return {
    check: () => true,
    async run(_model, bench) {
      await act(bench);
      await bench.pass(0);
    },
    toString: () => name,
  };
}

const number = fc.nat(50);
const CHANGE = fc
  .tuple(number, number)
  .map(([a, b]) => command(`change ${a} ${b}`, ({ server }) => server.change(a, b)));
const DELIVER = fc.constant(command('deliver', ({ server }) => server.deliver()));
const DROP = fc.constant(command('drop', ({ server }) => server.drop()));
const CALM = fc.constant(command('calm', (bench) => bench.open()));
/** What keeps it going is there more often than what upsets it. */
const commands = [
  ...Array.from({ length: 6 }, () => [CHANGE, DELIVER]).flat(),
  DROP,
  DROP,
  CALM,
  CALM,
  CALM,
  fc.constant(command('answer', ({ server }) => server.answer())),
  fc.constant(command('admit', ({ server }) => server.admit())),
  fc.constant(command('refuse', ({ server }) => server.answer(true))),
  fc.constant(command('duplicate', ({ server }) => server.deliver(2))),
  number.map((a) => command(`reorder ${a}`, ({ server }) => server.reorder(a))),
  fc.constant(command('restart', ({ server }) => server.restart())),
  number.map((a) => command(`flip ${a}`, ({ server }) => server.flip(a, a % 2 === 0))),
  fc.constant(command('forget', ({ server }) => server.roster.forget())),
  fc.constant(command('resync', ({ server }) => server.resync('gap'))),
  fc.constant(command('heartbeat', ({ server }) => server.beat())),
  fc
    .constantFrom(100, 1_000, 4_000, 11_000, 11_000, 11_000)
    .map((ms) => command(`silence ${ms}`, (bench) => bench.pass(ms))),
];

describe('a live roster over a network that does anything', () => {
  it('equals the server at its offset, or says that it is not current, and repairs itself', async () => {
    const seen = { live: 0, resuming: 0, stale: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.commands(commands, { maxCommands: 40, size: 'max' }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        async (steps, chance) => {
          const bench = new Bench(() => chance);
          bench.view.subscribe(() => {
            const { status } = bench.view.current;
            if (status in seen) seen[status as keyof typeof seen]++;
          });
          if (chance > 0.2) await bench.open();
          await fc.asyncModelRun(() => ({ model: {}, real: bench }), steps);
          await expectRepair(bench);
        },
      ),
      { numRuns: 60 },
    );
    expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
  });
});
