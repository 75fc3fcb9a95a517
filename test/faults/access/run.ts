/**
 * One run: three nodes, everybody at once for some seconds, then the verdict.
 *
 * Guaranteed: bounded in time; whatever happens, nothing of it is left running. With `until` it ends as soon as
 * the checker has seen enough.
 */
import { AgentActor } from './agent-actor.js';
import { administerKeys, administerTeams, AgentsAdministrator } from './administrators.js';
import { check, type Verdict, type Violation } from './check/checker.js';
import { unseen } from './check/coverage.js';
import { Cluster } from './cluster.js';
import { emptyHistory, type FaultKind, type History, now } from './history.js';
import { mergeTeams } from './mergers.js';
import { Nemesis } from './nemesis.js';
import { Random } from './random.js';
import { settle } from './settle.js';
import { Stage } from './stage.js';
import { readStamps } from './stamps.js';
import { assignConversations, reportInteractions } from './traffic.js';
import { createWorld, type World } from './world.js';

export interface RunOptions {
  seed: number;
  /** How long everybody acts; up to five times as long, until what a run must see was seen. */
  seconds: number;
  faults: readonly FaultKind[];
  /** A mutant of the product to run instead of it. */
  mutant: string | null;
  /** Ends the run as soon as one of these is violated; empty: never before its time. */
  until: readonly Violation['promise'][];
  say: (line: string) => void;
  signal: AbortSignal;
}

export interface Outcome extends Verdict {
  history: History;
  syncedAfterMs: number | null;
  /** The last that the nodes wrote to stderr. */
  heard: string;
}

const NODES = 3;
const AGENTS = 9;
const GUESTS = 2;
const HANDS = 3;
const LOOK_EVERY_MS = 3_000;
/** Times the time that was asked for. */
const AT_MOST = 5;

export async function run(options: RunOptions): Promise<Outcome> {
  const { seed, mutant, say, signal } = options;
  const random = new Random(seed);
  const cluster = await Cluster.start(NODES, mutant);
  try {
    const stage = new Stage(cluster, emptyHistory(), random.fork(0));
    const world = await createWorld(stage, AGENTS, GUESTS);
    say(`${NODES} nodes, ${AGENTS} agents, seed ${seed}${mutant ? `, mutant ${mutant}` : ''}`);
    await act(stage, world, random, options);
    const settled =
      options.until.length > 0 ? { violations: [], syncedAfterMs: null } : await settle(stage, world, signal);
    world.administration.close();
    const { violations, coverage } = judge(stage);
    const all = [...violations, ...settled.violations];
    const { history } = stage;
    return { violations: all, coverage, history, syncedAfterMs: settled.syncedAfterMs, heard: cluster.heard };
  } finally {
    await cluster.stop();
  }
}

async function act(stage: Stage, world: World, random: Random, options: RunOptions): Promise<void> {
  const actors = world.members.map((member, index) => new AgentActor(stage, world, member, random.fork(100 + index)));
  const hands = Array.from({ length: HANDS }, (_, hand) => {
    const own = actors.filter((_actor, index) => index % HANDS === hand);
    return new AgentsAdministrator(stage, world, own, random.fork(10 + hand));
  });
  const guests = world.guests.map((guest, index) => new AgentActor(stage, world, guest, random.fork(200 + index)));
  const nemesis = new Nemesis(stage, hands, random.fork(1), options.faults, options.say);
  const everybody = Promise.all([
    ...[...actors, ...guests].map((actor) => actor.run()),
    ...hands.map((hand) => hand.run()),
    administerTeams(stage, world, actors, random.fork(2)),
    mergeTeams(stage, world, guests, random.fork(6)),
    administerKeys(stage, world, random.fork(3)),
    reportInteractions(stage, world, random.fork(4)),
    assignConversations(stage, world, random.fork(5)),
    nemesis.run(),
  ]);
  await Promise.race([watch(stage, options), everybody]);
  stage.end();
  stage.history.endedAt = now();
  await everybody;
  stage.clear();
}

/**
 * Resolves when the time is up and enough was seen, the run is given up, or, when that is wanted, something is found.
 * On a machine that has much else to do, little happens in a second.
 */
async function watch(stage: Stage, { seconds, signal, until, say }: RunOptions): Promise<void> {
  const from = now();
  const passed = () => (now() - from) / 1_000;
  const lacks = () => until.length === 0 && passed() < AT_MOST * seconds && unseen(judge(stage).coverage).length > 0;
  while (!signal.aborted && (passed() < seconds || lacks())) {
    await stage.pause(LOOK_EVERY_MS);
    const { operations, changes, sockets } = stage.history;
    say(
      `${Math.round(passed())} s: ${operations.length} operations, ${changes.length} writes of rights, ${sockets.length} sockets`,
    );
    if (until.length > 0 && judge(stage).violations.some(({ promise }) => until.includes(promise))) return;
  }
}

function judge(stage: Stage): Verdict {
  const { history } = stage;
  history.sends = stage.cluster.stamps().flatMap(({ node, lines }) => readStamps(node, lines));
  return check({ ...history, endedAt: Math.min(history.endedAt, now()) });
}
