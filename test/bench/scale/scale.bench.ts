/**
 * What grows with what. A dashboard that looks at a team of 50 must cost the same in a workspace of 1,000 agents and in
 * one of 100,000; and an interaction must cost about as much on three nodes, which all follow the feed, as on one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, BenchContext, Report, Table } from '../support/bench.js';
import { goalsTable } from '../support/goals.js';
import { LoadGenerator } from '../support/load.js';
import { interleave } from '../support/rounds.js';
import { figure, ratio, show } from '../support/statistics.js';
import { LOOKED_TEAMS, Stage, TEAM_SIZE } from './stage.js';

const AGENTS = [1_000, 10_000, 100_000];
const NODES = [1, 3];
const DASHBOARDS = 300;
const REQUESTS_PER_SECOND = 50;
/** On one node and on three: with the traffic of a node that has something to do. */
const NODES_DASHBOARDS = 200;
const NODES_REQUESTS_PER_SECOND = 100;
/** What "does not grow" may be off by. */
const SAME = 1.25;
const NODES_AT_MOST = 1.25;
/** Snapshots are on their way, and the windows have their first interactions. */
const SETTLE_MS = 1_000;

export const scale: Bench = {
  name: 'scale',
  summary: 'agents 1,000 to 100,000, nodes 1 to 3: what a dashboard and an interaction cost',
  limitMinutes: 8,
  run,
};

const METHOD = [
  `agents: teams of ${TEAM_SIZE}, everybody with a conversation; ${REQUESTS_PER_SECOND} posts of 10 interactions a second in the open loop, half of them of the ${LOOKED_TEAMS} teams that are looked at, half of all the others`,
  `a dashboard's CPU: what the node uses more with ${DASHBOARDS} dashboards, each on one of those teams, than with one on a team without traffic (so that the roster is kept); its bytes: all that came to it`,
  `nodes: 1,000 agents, ${NODES_DASHBOARDS} dashboards on ${LOOKED_TEAMS} teams and ${NODES_REQUESTS_PER_SECOND} posts a second spread over the nodes; CPU of all of them`,
  'CPU is that of the processes of the servers, without PostgreSQL and Redis',
];

/** A dashboard in a workspace of some size. */
interface OfDashboard {
  cpuUs: number;
  bytes: number;
  deltas: number;
  /** With the dashboards. */
  cpuUsPerInteraction: number;
}

/** A number of nodes. */
interface OfNodes {
  cpuUsPerInteraction: number;
  /** Cores in use while nothing comes in. */
  idleCores: number;
}

async function run(context: BenchContext): Promise<Report> {
  const load = await LoadGenerator.start();
  context.onEnd(() => load.stop());
  const agents = await measureAgents(context, load);
  const nodes = await measureNodes(context, load);
  const measurements = {
    agents: AGENTS.map((count, n) => ({ agents: count, samples: agents[n] })),
    nodes: NODES.map((count, n) => ({ nodes: count, samples: nodes[n] })),
  };
  return { method: METHOD, tables: [goals(agents, nodes), agentsTable(agents), nodesTable(nodes)], measurements };
}

async function measureAgents(context: BenchContext, load: LoadGenerator): Promise<OfDashboard[][]> {
  const { rounds, seconds } = context.options;
  const stages: Stage[] = [];
  for (const agents of AGENTS) {
    context.say(`a workspace of ${agents.toLocaleString('en')} agents`);
    const stage = await Stage.set(context, { agents, nodes: 1 });
    stages.push(stage);
    await stage.run(load, REQUESTS_PER_SECOND, seconds);
  }
  context.say(`${rounds} rounds over workspaces`);
  const measured = await interleave(stages, rounds, (stage) => measureDashboards(stage, load, seconds));
  return stages.map((stage) => measured.get(stage) ?? []);
}

async function measureDashboards(stage: Stage, load: LoadGenerator, seconds: number): Promise<OfDashboard> {
  const without = await stage.run(load, REQUESTS_PER_SECOND, seconds);
  await stage.seat(DASHBOARDS);
  await delay(SETTLE_MS);
  const seated = await stage.run(load, REQUESTS_PER_SECOND, seconds);
  await stage.clear();
  const each = DASHBOARDS * (seated.elapsedMs / 1000);
  return {
    cpuUs: ((seated.cpuMs - without.cpuMs) * 1000) / each,
    bytes: seated.bytes / each,
    deltas: seated.deltas / each,
    cpuUsPerInteraction: (seated.cpuMs * 1000) / seated.interactions,
  };
}

async function measureNodes(context: BenchContext, load: LoadGenerator): Promise<OfNodes[][]> {
  const { rounds, seconds } = context.options;
  const stages: Stage[] = [];
  for (const nodes of NODES) {
    const stage = await Stage.set(context, { agents: 1_000, nodes });
    stages.push(stage);
    await stage.seat(NODES_DASHBOARDS);
    await stage.run(load, NODES_REQUESTS_PER_SECOND, seconds);
  }
  context.say(`${rounds} rounds over nodes`);
  const measured = await interleave(stages, rounds, async (stage) => {
    const idle = await stage.run(load, 0, seconds);
    const busy = await stage.run(load, NODES_REQUESTS_PER_SECOND, seconds);
    return {
      cpuUsPerInteraction: (busy.cpuMs * 1000) / busy.interactions,
      idleCores: idle.cpuMs / idle.elapsedMs,
    };
  });
  return stages.map((stage) => measured.get(stage) ?? []);
}

function goals(agents: OfDashboard[][], nodes: OfNodes[][]): Table {
  const grown = (member: keyof OfDashboard) => ratio(of(agents.at(-1), member), of(agents[0], member)).median;
  const limit = { atMost: SAME };
  return goalsTable([
    { what: 'bytes per dashboard at 100,000 agents ÷ at 1,000', measured: grown('bytes'), limit },
    { what: 'CPU per dashboard, likewise', measured: grown('cpuUs'), limit },
    {
      what: 'CPU per interaction on 3 nodes ÷ on 1',
      measured: ratio(of(nodes[1], 'cpuUsPerInteraction'), of(nodes[0], 'cpuUsPerInteraction')).median,
      limit: { atMost: NODES_AT_MOST },
    },
  ]);
}

function agentsTable(agents: OfDashboard[][]): Table {
  return {
    title: `A dashboard of ${TEAM_SIZE} agents, by the size of the workspace`,
    head: ['agents', 'KB/s', 'deltas/s', 'CPU µs/s', 'CPU ÷ first', 'server CPU µs/interaction', '÷ first'],
    rows: AGENTS.map((count, n) => [
      count.toLocaleString('en'),
      show(figure(of(agents[n], 'bytes').map((bytes) => bytes / 1024))),
      show(figure(of(agents[n], 'deltas')), 1),
      show(figure(of(agents[n], 'cpuUs')), 0),
      show(ratio(of(agents[n], 'cpuUs'), of(agents[0], 'cpuUs'))),
      show(figure(of(agents[n], 'cpuUsPerInteraction')), 0),
      show(ratio(of(agents[n], 'cpuUsPerInteraction'), of(agents[0], 'cpuUsPerInteraction'))),
    ]),
  };
}

function nodesTable(nodes: OfNodes[][]): Table {
  return {
    title: 'The same traffic and dashboards, by the number of nodes',
    head: ['nodes', 'CPU µs/interaction, all nodes', '÷ first', 'cores in use when nothing comes in'],
    rows: NODES.map((count, n) => [
      String(count),
      show(figure(of(nodes[n], 'cpuUsPerInteraction')), 0),
      show(ratio(of(nodes[n], 'cpuUsPerInteraction'), of(nodes[0], 'cpuUsPerInteraction'))),
      show(figure(of(nodes[n], 'idleCores')), 3),
    ]),
  };
}

function of<Sample extends object>(samples: readonly Sample[] | undefined, member: keyof Sample): number[] {
  return samples?.map((sample) => sample[member] as number) ?? [];
}
