import { equal, ok } from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { AssignableAgent, ExcludedAgent, RosterRow, RosterTeam } from '#contracts';
import type { Frame } from '../../platform/realtime/frame-sink.js';
import { decodeJournal, emptyJournal, encodeJournal } from '../projection/journal.js';
import { Projection } from '../projection/projection.js';
import { type Decision, EPOCH, World } from '../../../test/support/world.js';
import { AssignableView } from './assignable.view.js';
import type { Beginning, Viewer } from './audience.js';
import { Audiences } from './audiences.js';
import { RosterView } from './roster.view.js';
import type { View } from './view.js';

/** A node: a projection with its audiences. */
class Node {
  readonly audiences: Audiences;

  constructor(
    readonly projection: Projection,
    isBusy: boolean,
    sliceMs = Infinity,
  ) {
    const pace = { note: () => {}, isQuiet: () => !isBusy };
    this.audiences = new Audiences(projection, RARELY, pace, sliceMs);
    nodes.add(this);
  }

  catchUp(world: World): void {
    for (const entry of world.feed.slice(this.projection.offset)) {
      const change = this.projection.apply(entry);
      this.audiences.absorb(change);
      if (change.isBoundary) this.audiences.beat();
      else this.audiences.send();
    }
  }
}

const nodes = new Set<Node>();
/** Slices that end with their first step. */
const STEP_BY_STEP = 0;
/** A tick that never comes: on a busy node frames go out when somebody joins and at boundaries. */
const RARELY = 2 ** 30;

type Payload = Partial<{
  offset: number;
  prev: number;
  epoch: string;
  reason: string;
  mode: string;
  deltas: Payload[];
  rows: (RosterRow & AssignableAgent)[];
  teams: RosterTeam[];
  removed: (string & ExcludedAgent)[];
  upserts: AssignableAgent[];
  excluded: ExcludedAgent[];
}>;

type Contents = Map<string, object>;

/** A client that goes by the contract, strictly, over a connection that is busy at times. */
class Client implements Viewer {
  readonly id = Math.random().toString();
  isOpen = true;
  isBusy = false;
  offset = -1;
  mode = '';
  contents: Contents = new Map();
  needsSubscription = true;
  node: Node | null = null;

  constructor(readonly topic: Topic) {}

  isReady(): boolean {
    return !this.isBusy;
  }

  write(frame: Frame): boolean {
    if (this.isBusy) return false;
    const [event, body] = decode(frame);
    if (event === 'heartbeat') equal(body.offset, this.offset);
    else this.apply(body);
    return true;
  }

  tell(event: string): void {
    equal(event, 'resync');
    this.needsSubscription = true;
  }

  begin(beginning: Beginning): void {
    const body = beginning as Payload;
    this.mode = beginning.mode;
    if (body.mode === 'snapshot') this.contents = this.topic.whole(body);
    else for (const delta of body.deltas ?? []) this.apply(delta);
    if (body.mode === 'snapshot') this.offset = beginning.offset;
    equal(this.offset, beginning.offset);
  }

  private apply(body: Payload): void {
    equal(body.prev, this.offset);
    this.offset = body.offset ?? -1;
    ok(this.offset > (body.prev ?? 0));
    this.topic.apply(this.contents, body);
  }
}

function decode(frame: Frame): [event: string, body: Payload] {
  const text = frame.toString();
  return JSON.parse(text.slice(text.indexOf('[', text.indexOf('/dashboard,'))));
}

/** One way to look at a workspace, and how its clients read frames. */
interface Topic {
  name: string;
  view: (projection: Projection) => View;
  whole: (body: Payload) => Contents;
  apply: (contents: Contents, body: Payload) => void;
}

function roster(name: string, scope: { teamId?: string; agentIds?: string[] }): Topic {
  return {
    name,
    view: (projection) => new RosterView(projection, scope),
    whole: ({ rows = [], teams = [] }) => new Map([...rows, ...teams].map((row) => [row.id, row])),
    apply: (contents, { rows = [], teams = [], removed = [] }) => {
      for (const id of removed) expect(contents.delete(id)).toBe(true);
      for (const row of rows) {
        const merged = { ...contents.get(row.id), ...row };
        expect(Object.keys(merged)).toHaveLength(9);
        contents.set(row.id, merged);
      }
      for (const team of teams) contents.set(team.id, team);
    },
  };
}

function assignable(name: string, scope: { teamId?: string; showsReasons: boolean }): Topic {
  return {
    name,
    view: (projection) => new AssignableView(projection, scope),
    whole: ({ rows = [], excluded = [] }) => new Map([...rows, ...excluded].map((agent) => [agent.agentId, agent])),
    apply: (contents, { upserts = [], removed = [] }) => {
      for (const agent of upserts) contents.set(agent.agentId, agent);
      for (const agent of removed) {
        if (agent.reasons.length > 0) contents.set(agent.agentId, agent);
        else contents.delete(agent.agentId);
      }
    },
  };
}

const TOPICS: Topic[] = [
  roster('everybody', {}),
  roster('a team', { teamId: 'team-1' }),
  roster('a list', { agentIds: ['agent-4', 'agent-5', 'agent-11', 'nobody'] }),
  assignable('with reasons', { showsReasons: true }),
  assignable('without', { showsReasons: false }),
  assignable('of a team', { teamId: 'team-2', showsReasons: false }),
  assignable('of a team, with reasons', { teamId: 'team-2', showsReasons: true }),
];

function load(world: World, origin?: Projection): Node {
  const journal = origin
    ? decodeJournal(encodeJournal(origin.journal()))
    : emptyJournal({ ...world.feed[0], epoch: EPOCH });
  const node = new Node(new Projection(journal, world.load(journal.bucket, 0)), origin !== undefined);
  node.catchUp(world);
  return node;
}

function subscribe(node: Node, client: Client, isKnowing: boolean): void {
  const known = isKnowing ? { epoch: EPOCH, offset: client.offset } : {};
  const { name, view } = client.topic;
  client.needsSubscription = false;
  client.node = node;
  const { beginning, activate } = node.audiences.join(client, { name, namespace: '/dashboard', view, known });
  client.begin(beginning);
  activate();
}

/** What the client has is what its node shows, once it has taken what was sent, or it was told to begin again. */
function expectCurrent(client: Client): void {
  if (!client.node || client.needsSubscription) return;
  client.isBusy = false;
  client.node.audiences.beat();
  if (client.needsSubscription) return;
  const view = client.topic.view(client.node.projection);
  expect(client.contents).toEqual(client.topic.whole(view.snapshot()));
}

const step = fc.record({
  kind: fc.constantFrom('change', 'change', 'change', 'pass', 'busy', 'free', 'move', 'leave', 'check'),
  decision: fc.record({ what: fc.nat(1_000), which: fc.nat(1_000), how: fc.nat(1_000) }),
});

/** Several turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed++) await turn();
}

function loadSliced(world: World): Node {
  const journal = emptyJournal({ ...world.feed[0], epoch: EPOCH });
  const node = new Node(new Projection(journal, world.load(journal.bucket, 0)), false, STEP_BY_STEP);
  node.catchUp(world);
  return node;
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

function act(world: World, nodes: Node[], clients: Client[], kind: string, decision: Decision): void {
  const client = clients[decision.which % clients.length];
  const node = nodes[decision.how % nodes.length];
  if (kind === 'pass') world.pass(1 + (decision.which % 70));
  if (kind === 'busy') client.isBusy = true;
  if (kind === 'free') client.isBusy = false;
  if (kind === 'check') expectCurrent(client);
  if (kind === 'leave' || kind === 'move') leave(client);
  if (kind === 'move' && exists(node, client)) subscribe(node, client, decision.what % 4 !== 0);
  if (kind === 'change') {
    world.change(decision);
    world.settle(decision.which);
  }
  for (const each of nodes) each.catchUp(world);
}

function leave(client: Client): void {
  client.node?.audiences.leave(client.id);
  client.node = null;
}

function exists(node: Node, client: Client): boolean {
  return client.topic.view(node.projection).exists();
}

describe('audiences', () => {
  afterEach(() => {
    for (const { audiences } of nodes) audiences.dismiss(null);
    nodes.clear();
  });

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

  it('leave each client with what the server shows also in slices, between which everything else goes on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const world = new World();
        const node = loadSliced(world);
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
    const node = loadSliced(world);
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
    const node = loadSliced(world);
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

  it('send nothing to a client whose answer is not on its way yet', () => {
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
    expect(client.offset).toBe(node.projection.offset);
  });
});
