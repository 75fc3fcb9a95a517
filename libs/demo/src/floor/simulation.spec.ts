import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FakeMuster } from './fake-muster.js';
import type { Intent } from './intents.js';
import { Simulation } from './simulation.js';
import type { FloorAgent } from './staff.js';

const MINUTE = 60_000;
const TEAMS: readonly (readonly [name: string, agents: number, capacity: number])[] = [
  ['Sales', 48, 4],
  ['Support', 64, 6],
  ['Billing', 32, 5],
  ['Onboarding', 28, 3],
  ['Night desk', 28, 8],
];
const AGENTS: FloorAgent[] = TEAMS.flatMap(([name, agents, capacity]) =>
  Array.from({ length: agents }, (_, i) => ({ id: `${name} ${i}`, team: { id: name, name }, capacity })),
);

function floor(seed: number): { simulation: Simulation; muster: FakeMuster } {
  const simulation = new Simulation({ seed, agents: AGENTS, customers: 3_000 });
  const muster = new FakeMuster(simulation, AGENTS);
  simulation.open();
  return { simulation, muster };
}

/** What happens on the floor in that time. */
function watch(muster: FakeMuster, until: number, step = 250): Intent[] {
  const seen: Intent[] = [];
  muster.run(until, step, (intent) => seen.push(intent));
  return seen;
}

const count = (intents: Intent[], kind: Intent['kind']): number =>
  intents.filter((intent) => intent.kind === kind).length;

describe('Simulation', () => {
  it('does the same for the same seed, and something else for another', () => {
    const run = (seed: number): string => JSON.stringify(watch(floor(seed).muster, 3 * MINUTE));
    expect(run(1)).toBe(run(1));
    expect(run(1)).not.toBe(run(2));
  });

  it('never looks back: intents are in order, after the last advance and up to this one', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 25 }), (seed, steps) => {
        const { simulation } = floor(seed);
        for (const step of steps) {
          const from = simulation.now;
          const times = [from, ...simulation.advance(from + step).map(({ at }) => at), simulation.now];
          expect(times).toEqual(times.toSorted((a, b) => a - b));
          expect(simulation.now).toBe(from + step);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('opens visibly: forty at once, most of the shift after a minute', () => {
    const { muster } = floor(3);
    const first = watch(muster, 5_000);
    expect(muster.online().length).toBeGreaterThanOrEqual(40);
    expect(count(first, 'customer.writes')).toBeGreaterThan(30);
    watch(muster, MINUTE);
    expect(muster.online().length).toBeGreaterThan(100);
    expect(muster.online().length).toBeLessThan(140);
  });

  it.each([1, 2])('stays a believable floor for a whole day (seed %i)', (seed) => {
    const { muster } = floor(seed);
    watch(muster, 3 * MINUTE, 500);
    const samples: { crowded: number; full: number; lost: number; rate: number }[] = [];
    for (let minute = 4; minute <= 100; minute++) {
      const intents = watch(muster, minute * MINUTE, 500);
      const online = muster.online();
      const waiting = online.map(({ open }) => [...open].filter((chat) => muster.waiting.has(chat)).length);
      samples.push({
        crowded: waiting.filter((chats) => chats > 3).length / online.length,
        full: online.filter(({ open, agent }) => open.size >= agent.capacity).length / online.length,
        lost: [...muster.holders.values()].filter((holder) => holder === null).length,
        rate: (count(intents, 'customer.writes') + count(intents, 'agent.writes')) / 60,
      });
    }
    const mean = (of: (sample: (typeof samples)[number]) => number): number =>
      samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
    expect(mean(({ crowded }) => crowded)).toBeLessThan(0.15);
    expect(mean(({ full }) => full)).toBeLessThan(0.12);
    expect(Math.max(...samples.map(({ lost }) => lost))).toBeLessThan(40);
    expect(mean(({ rate }) => rate)).toBeGreaterThan(7);
    expect(Math.max(...samples.map(({ rate }) => rate))).toBeLessThan(25);
  });

  it('closes what it opens: every conversation is begun once, taken, answered and resolved once', () => {
    const { muster } = floor(5);
    const intents = watch(muster, 30 * MINUTE);
    const first = intents.filter((intent) => intent.kind === 'customer.writes' && intent.first);
    const begun = first.map((intent) => ('chat' in intent ? intent.chat.id : 0));
    const resolved = intents.flatMap((intent) => (intent.kind === 'chat.resolve' ? [intent.chat.id] : []));
    expect(new Set(begun).size).toBe(begun.length);
    expect(new Set(resolved).size).toBe(resolved.length);
    expect(begun.length - resolved.length).toBe(muster.holders.size);
  });

  it('lets a customer have one conversation at a time', () => {
    const { muster } = floor(6);
    const talking = new Map<number, number>();
    muster.run(20 * MINUTE, 250, (intent) => {
      if (intent.kind === 'customer.writes') {
        expect(talking.get(intent.chat.customer) ?? intent.chat.id).toBe(intent.chat.id);
        talking.set(intent.chat.customer, intent.chat.id);
      }
      if (intent.kind === 'chat.resolve') talking.delete(intent.chat.customer);
    });
  });

  it('only lets agents write who are there and not in a break, and only who has the conversation', () => {
    const { muster } = floor(7);
    const wrong: Intent[] = [];
    muster.run(40 * MINUTE, 250, (intent) => {
      if (intent.kind !== 'agent.writes') return;
      const desk = muster.desks.get(intent.agentId);
      const mayWrite = desk && desk.tabs.size > 0 && desk.availability !== 'away' && desk.open.has(intent.chat.id);
      if (!mayWrite) wrong.push(intent);
    });
    expect(wrong).toEqual([]);
  });

  it('reports each message as sent, then delivered, then read, or as failed', () => {
    const reports = new Map<number, string>();
    for (const intent of watch(floor(8).muster, 15 * MINUTE)) {
      if (intent.kind === 'message.status') {
        reports.set(intent.message, `${reports.get(intent.message) ?? ''}${intent.status} `);
      }
    }
    const kinds = new Set(reports.values());
    for (const kind of kinds) expect(kind).toMatch(/^sent (delivered (read )?|failed )?$/);
    expect(kinds.size).toBe(4);
  });

  it('shows people coming, going, taking breaks, switching tabs and losing the connection', () => {
    const intents = watch(floor(9).muster, 60 * MINUTE, 500);
    const closed = intents.filter((intent) => intent.kind === 'tab.close');
    expect(closed.some(({ clean }) => clean) && closed.some(({ clean }) => !clean)).toBe(true);
    expect(intents.some((intent) => intent.kind === 'tab.open' && intent.tab > 1)).toBe(true);
    const states = intents.flatMap((intent) => (intent.kind === 'agent.availability' ? [intent.availability] : []));
    expect(new Set(states)).toEqual(new Set(['available', 'busy', 'away']));
    expect(count(intents, 'agent.logout')).toBeGreaterThan(20);
    expect(count(intents, 'chat.release')).toBeGreaterThan(10);
  });
});

describe('what Muster says', () => {
  /** Lets conversations be assigned until one agent has at least one. */
  function busyAgent(muster: FakeMuster): FloorAgent {
    watch(muster, MINUTE);
    const desk = muster.online().find(({ open }) => open.size > 0);
    if (!desk) throw new Error('Nobody is busy after a minute.');
    return desk.agent;
  }

  it('makes a dismissed agent leave and its conversations look for somebody else', () => {
    const { simulation, muster } = floor(11);
    const agent = busyAgent(muster);
    const held = [...(muster.desks.get(agent.id)?.open ?? [])];
    simulation.dismissed(agent.id);
    const after = simulation.advance(simulation.now + 10);
    expect(after.some((intent) => intent.kind === 'tab.close' && intent.agentId === agent.id)).toBe(true);
    const asked = after.flatMap((intent) => (intent.kind === 'chat.assign' ? [intent.chat.id] : []));
    expect(asked).toEqual(expect.arrayContaining(held));
    const later = simulation.advance(simulation.now + 5 * MINUTE);
    expect(later.some((intent) => 'agentId' in intent && intent.agentId === agent.id)).toBe(false);
  });

  it('lets a dismissed agent come back when it is named again', () => {
    const { simulation, muster } = floor(11);
    const agent = busyAgent(muster);
    simulation.dismissed(agent.id);
    simulation.setAgents(AGENTS);
    const after = simulation.advance(simulation.now + 2 * MINUTE);
    expect(after.some((intent) => intent.kind === 'tab.open' && intent.agentId === agent.id)).toBe(true);
  });

  it('begins in the new team when an agent moved', () => {
    const { simulation, muster } = floor(11);
    const agent = busyAgent(muster);
    const team = { id: 'Another', name: 'Another' };
    simulation.setAgents(AGENTS.map((one) => (one.id === agent.id ? { ...one, team } : one)));
    const arrivals = simulation.advance(simulation.now + 30 * MINUTE);
    expect(arrivals.some((intent) => intent.kind === 'customer.writes' && intent.chat.teamId === team.id)).toBe(true);
  });

  it('forgets a conversation that somebody else closed or took', () => {
    const { simulation, muster } = floor(12);
    watch(muster, MINUTE);
    const [one, other] = [...muster.holders.keys()];
    simulation.ended(one ?? 0);
    simulation.assigned(other ?? 0, 'somebody who is not simulated');
    const after = simulation.advance(simulation.now + 10 * MINUTE);
    const touched = after.filter(
      (intent) => 'chat' in intent && intent.kind !== 'message.status' && [one, other].includes(intent.chat.id),
    );
    expect(touched).toEqual([]);
  });

  it('goes on with conversations from before: whose agent is away, whose customer waits, whose is nobody', () => {
    const simulation = new Simulation({ seed: 1, agents: AGENTS, customers: 3_000 });
    const team = { id: 'Support', name: 'Support' };
    const opened = [null, 'Support 0', 'nobody we know'].map((agentId, customer) =>
      simulation.adopt({ customer, team, agentId, waiting: true }),
    );
    expect(simulation.adopt({ customer: 1, team, agentId: null, waiting: true })).toBeNull();
    const muster = new FakeMuster(simulation, AGENTS);
    simulation.open();
    const intents = watch(muster, 30 * MINUTE);
    for (const chat of opened) {
      expect(intents.some((intent) => intent.kind === 'chat.resolve' && intent.chat.id === chat?.id)).toBe(true);
    }
    const begun = intents.filter((intent) => intent.kind === 'customer.writes' && intent.first);
    expect(begun.some((intent) => 'chat' in intent && opened.some((chat) => chat?.id === intent.chat.id))).toBe(false);
  });
});
