/** Clients that go by the contract, and nodes that send to them: for tests of what audiences send. */
import { equal, ok } from 'node:assert/strict';
import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { AssignableAgent, ExcludedAgent, RosterRow, RosterTeam } from '#contracts';
import type { Frame } from '../../src/platform/realtime/frame-sink.js';
import { AssignableView } from '../../src/roster/audience/assignable.view.js';
import type { Beginning, Viewer } from '../../src/roster/audience/audience.js';
import { Audiences } from '../../src/roster/audience/audiences.js';
import { RosterView } from '../../src/roster/audience/roster.view.js';
import type { View } from '../../src/roster/audience/view.js';
import { decodeJournal, emptyJournal, encodeJournal } from '../../src/roster/projection/journal.js';
import { Projection } from '../../src/roster/projection/projection.js';
import { type Decision, EPOCH, World } from './world.js';

/** A node: a projection with its audiences. */
export class Node {
  readonly audiences: Audiences;

  constructor(
    readonly projection: Projection,
    isBusy: boolean,
    sliceMs = Infinity,
    tickMs = RARELY,
  ) {
    const pace = { note: () => {}, isQuiet: () => !isBusy };
    this.audiences = new Audiences(projection, tickMs, pace, sliceMs);
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
/** A tick that never comes: on a busy node frames go out at boundaries. */
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
export class Client implements Viewer {
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

export const TOPICS: Topic[] = [
  roster('everybody', {}),
  roster('a team', { teamId: 'team-1' }),
  roster('a list', { agentIds: ['agent-4', 'agent-5', 'agent-11', 'nobody'] }),
  assignable('with reasons', { showsReasons: true }),
  assignable('without', { showsReasons: false }),
  assignable('of a team', { teamId: 'team-2', showsReasons: false }),
  assignable('of a team, with reasons', { teamId: 'team-2', showsReasons: true }),
];

export function load(world: World, origin?: Projection, sliceMs = Infinity): Node {
  const journal = origin
    ? decodeJournal(encodeJournal(origin.journal()))
    : emptyJournal({ ...world.feed[0], epoch: EPOCH });
  const node = new Node(new Projection(journal, world.load(journal.bucket, 0)), origin !== undefined, sliceMs);
  node.catchUp(world);
  return node;
}

export function subscribe(node: Node, client: Client, isKnowing: boolean): void {
  const known = isKnowing ? { epoch: EPOCH, offset: client.offset } : {};
  const { name, view } = client.topic;
  client.needsSubscription = false;
  client.node = node;
  const { beginning, activate } = node.audiences.join(client, { name, namespace: '/dashboard', view, known });
  client.begin(beginning);
  activate();
}

/** What the client has is what its node shows, once it has taken what was sent, or it was told to begin again. */
export function expectCurrent(client: Client): void {
  if (!client.node || client.needsSubscription) return;
  client.isBusy = false;
  client.node.audiences.beat();
  if (client.needsSubscription) return;
  const view = client.topic.view(client.node.projection);
  expect(client.contents).toEqual(client.topic.whole(view.snapshot()));
}

export const step = fc.record({
  kind: fc.constantFrom('change', 'change', 'change', 'pass', 'busy', 'free', 'move', 'leave', 'check'),
  decision: fc.record({ what: fc.nat(1_000), which: fc.nat(1_000), how: fc.nat(1_000) }),
});

export function act(world: World, nodes: Node[], clients: Client[], kind: string, decision: Decision): void {
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

export function leave(client: Client): void {
  client.node?.audiences.leave(client.id);
  client.node = null;
}

export function exists(node: Node, client: Client): boolean {
  return client.topic.view(node.projection).exists();
}

/** Ends all nodes of a test. */
export function endNodes(): void {
  for (const { audiences } of nodes) audiences.dismiss(null);
  nodes.clear();
}
