import fc from 'fast-check';
import {
  act,
  Client,
  endNodes,
  exists,
  expectCurrent,
  leave,
  load,
  step,
  subscribe,
  TOPICS,
} from '../../../test/support/audience-clients.js';
import { eventually } from '../../../test/support/eventually.js';
import { World } from '../../../test/support/world.js';

describe('audiences', () => {
  afterEach(endNodes);

  it('leave each client with what the server shows at its offset: busy at times, moving between nodes', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 80 }), (steps) => {
        const world = new World();
        const first = load(world);
        const nodes = [first, load(world, first.projection)];
        const clients = TOPICS.flatMap((topic) => [new Client(topic), new Client(topic)]);
        for (const client of clients) subscribe(nodes[0], client, false);
        for (const { kind, decision } of steps) act(world, nodes, clients, kind, decision);
        for (const client of clients) {
          expectCurrent(client);
          leave(client);
          if (!exists(nodes[1], client)) continue;
          subscribe(nodes[1], client, true);
          expectCurrent(client);
        }
      }),
      { numRuns: 80 },
    );
  });

  it('catch up a busy client with one frame from where it stands', () => {
    const world = new World();
    const node = load(world);
    const [quick, slow] = [new Client(TOPICS[0]), new Client(TOPICS[0])];
    for (const client of [quick, slow]) subscribe(node, client, false);
    slow.isBusy = true;
    for (let how = 0; how < 5; how++) act(world, [node], [quick], 'change', { what: 4, which: how, how });
    expect(slow.offset).toBeLessThan(quick.offset);
    expectCurrent(slow);
    expect([slow.offset, slow.contents]).toEqual([quick.offset, quick.contents]);
    expect(slow.needsSubscription).toBe(false);
  });

  it('tell neither of who came and went between two frames, nor of who went and came back', () => {
    const world = new World();
    const node = load(world, load(world).projection);
    const client = new Client(TOPICS[1]);
    subscribe(node, client, false);
    const shown = [...client.contents.keys()];
    const move = (which: number, team: number) => act(world, [node], [client], 'change', { what: 3, which, how: team });
    for (const [agent, team] of [
      [0, 1],
      [0, 0],
      [1, 0],
      [1, 1],
    ])
      move(agent, team);
    expectCurrent(client);
    expect([...client.contents.keys()].sort()).toEqual(shown.sort());
  });

  it('let a client in that comes right after a team ended, before the others heard of it', () => {
    const world = new World();
    const node = load(world, load(world).projection);
    const [there, coming] = [new Client(TOPICS[0]), new Client(TOPICS[0])];
    act(world, [node], [there], 'change', { what: 1, which: 0, how: 0 });
    subscribe(node, there, false);
    const emptyTeam = world.teams.size - 1;
    act(world, [node], [there], 'change', { what: 12, which: emptyTeam, how: 0 });
    expect([...world.teams.values()].filter(({ deleted }) => deleted)).toHaveLength(1);
    expect(there.needsSubscription).toBe(false);
    subscribe(node, coming, false);
    expectCurrent(coming);
    expect(coming.needsSubscription).toBe(false);
    expect(there.needsSubscription).toBe(true);
  });

  it('send nothing to a client whose answer is not on its way yet', async () => {
    const world = new World();
    const node = load(world);
    const client = new Client(TOPICS[0]);
    const { name, view } = client.topic;
    const joined = () => node.audiences.join(client, { name, namespace: '/dashboard', view, known: {} });
    const earlier = joined();
    const { beginning, activate } = joined();
    client.begin(beginning);
    const { offset } = client;
    act(world, [node], [client], 'change', { what: 4, which: 0, how: 0 });
    earlier.activate();
    expect(client.offset).toBe(offset);
    activate();
    await eventually(
      () => client.offset,
      (current) => current === node.projection.offset,
    );
  });
});
