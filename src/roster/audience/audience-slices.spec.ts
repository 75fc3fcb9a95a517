import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { act, Client, endNodes, load, step, subscribe, TOPICS } from '../../../test/support/audience-clients.js';
import { World } from '../../../test/support/world.js';

/** Slices that end with their first step. */
const STEP_BY_STEP = 0;

/** Several turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed++) await turn();
}

/** Runs `act` in each of several turns; the most frames that were written in one of them. */
async function mostWrittenInATurn(clients: Client[], count: number, act: (nth: number) => void): Promise<number> {
  let written = 0;
  let most = 0;
  for (const client of clients) {
    const { write } = client;
    client.write = (frame) => {
      written++;
      return write.call(client, frame);
    };
  }
  for (let nth = 0; nth < count; nth++) {
    written = 0;
    act(nth);
    await turn();
    most = Math.max(most, written);
  }
  return most;
}

describe('slices of what audiences send', () => {
  afterEach(endNodes);

  it('leave each client with what the server shows also in slices, between which everything else goes on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const world = new World();
        const node = load(world, undefined, STEP_BY_STEP);
        const clients = TOPICS.flatMap((topic) => [new Client(topic), new Client(topic), new Client(topic)]);
        for (const client of clients) subscribe(node, client, false);
        for (const { kind, decision } of steps) {
          if (kind !== 'check') act(world, [node], clients, kind, decision);
          await turns(decision.what % 7);
        }
        for (const client of clients) client.isBusy = false;
        await turns(200);
        node.audiences.beat();
        await turns(200);
        for (const client of clients) {
          if (!client.node || client.needsSubscription) continue;
          expect(client.contents).toEqual(client.topic.whole(client.topic.view(node.projection).snapshot()));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('wait with what comes while they send, rather than send the rest at once', async () => {
    const world = new World();
    const node = load(world, undefined, STEP_BY_STEP);
    const clients = Array.from({ length: 40 }, () => new Client(TOPICS[0]));
    for (const client of clients) subscribe(node, client, false);
    const most = await mostWrittenInATurn(clients, 400, (nth) => {
      if (nth % 10 === 0 && nth < 200) act(world, [node], [clients[0]], 'change', { what: 4, which: nth, how: nth });
      if (nth === 95) node.audiences.beat();
    });
    expect(most).toBeLessThanOrEqual(3);
    while (clients.some(({ offset }) => offset !== node.projection.offset)) await turn();
  });

  it('catch up many that were busy a few at a time', async () => {
    const world = new World();
    const node = load(world, undefined, STEP_BY_STEP);
    const clients = Array.from({ length: 40 }, () => new Client(TOPICS[0]));
    for (const client of clients) subscribe(node, client, false);
    for (const client of clients) client.isBusy = true;
    act(world, [node], [clients[0]], 'change', { what: 4, which: 1, how: 1 });
    await turns(100);
    for (const client of clients) client.isBusy = false;
    const most = await mostWrittenInATurn(clients, 200, (nth) => {
      if (nth === 0) node.audiences.beat();
    });
    expect(most).toBeLessThanOrEqual(3);
    expect(new Set(clients.map(({ offset }) => offset))).toEqual(new Set([node.projection.offset]));
  });

  it('write nothing to others when somebody joins, and then both what was collected before and after', () => {
    const world = new World();
    const node = load(world, load(world).projection);
    const [watching, ...joining] = Array.from({ length: 4 }, () => new Client(TOPICS[0]));
    subscribe(node, watching, false);
    const { offset } = watching;
    for (const [how, client] of joining.entries()) {
      act(world, [node], [watching], 'change', { what: 4, which: how, how });
      subscribe(node, client, false);
      expect(client.offset).toBe(node.projection.offset);
    }
    act(world, [node], [watching], 'change', { what: 4, which: 9, how: 9 });
    expect(watching.offset).toBe(offset);
    node.audiences.beat();
    for (const client of [watching, ...joining]) {
      expect(client.offset).toBe(node.projection.offset);
      expect(client.contents).toEqual(watching.contents);
    }
  });

  it('catch up those who stand in many places a place at a time, who is furthest behind first', async () => {
    const world = new World();
    const node = load(world, undefined, STEP_BY_STEP);
    const clients = Array.from({ length: 12 }, () => new Client(TOPICS[0]));
    for (const client of clients) subscribe(node, client, false);
    for (const [how, client] of clients.entries()) {
      client.isBusy = true;
      act(world, [node], [clients[0]], 'change', { what: 4, which: how, how });
      node.audiences.beat();
      await turns(30);
    }
    const places = clients.map((client) => client.offset);
    expect(new Set(places).size).toBeGreaterThan(6);
    const arrived: number[] = [];
    for (const client of clients) {
      const { write } = client;
      client.isBusy = false;
      client.write = (frame) => (arrived.push(client.offset), write.call(client, frame));
    }
    node.audiences.beat();
    expect(new Set(arrived).size).toBeLessThanOrEqual(1);
    while (clients.some(({ offset }) => offset !== node.projection.offset)) await turn();
    const late = arrived.filter((place) => places.includes(place) && place < node.projection.offset);
    expect(late.slice(0, places.length)).toEqual(late.slice(0, places.length).toSorted((a, b) => a - b));
  });
});
