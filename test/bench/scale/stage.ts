import type { BenchContext } from '../support/bench.js';
import { makeFloor } from '../support/floor.js';
import type { LoadGenerator, LoadPlan } from '../support/load.js';
import { Server } from '../support/server.js';
import { withDatabase } from '../support/services.js';
import { currentUsage } from '../support/usage.js';
import { Viewers } from '../support/viewers.js';

/** What is looked at is the same in every workspace. */
export const TEAM_SIZE = 50;
export const LOOKED_TEAMS = 10;
const BATCH = 10;
const CONNECTIONS = 16;
/** Of the rest of the workspace: as many as there is time to have interactions. */
const MOST_OTHERS = 20_000;

/** What a new agent has besides. */
const PRESENCE = `
insert into agent_presence (agent_id, workspace_id, since) select id, workspace_id, now() from agent on conflict do nothing`;

export interface StageSize {
  agents: number;
  nodes: number;
}

/** What all nodes of a stage used, and what came to its dashboards. */
export interface Ran {
  cpuMs: number;
  elapsedMs: number;
  interactions: number;
  bytes: number;
  deltas: number;
}

/** A workspace on nodes of its own, with traffic and dashboards. */
export class Stage {
  private constructor(
    readonly size: StageSize,
    private readonly nodes: readonly Server[],
    private readonly apiKey: string,
    /** One more than are looked at; that one has no traffic. */
    private readonly teams: readonly string[],
    private readonly looked: string[],
    private readonly others: string[],
    private readonly viewers: Viewers,
  ) {}

  static async set({ services, onEnd }: BenchContext, size: StageSize): Promise<Stage> {
    const options = { databaseUrl: await services.createDatabase(), redisUrl: services.redisUrl };
    const nodes: Server[] = [];
    for (let n = 0; n < size.nodes; n++) {
      const node = await Server.start(`node ${n}`, new URL('../support/product.server.js', import.meta.url), options);
      onEnd(() => node.stop());
      nodes.push(node);
    }
    const counts = { teams: size.agents / TEAM_SIZE, agents: size.agents, conversations: size.agents };
    const floor = await makeFloor(options.databaseUrl, counts, ['dashboard.view', 'interactions.write']);
    await withDatabase(options.databaseUrl, (client) => client.query(`${PRESENCE}; analyze`));
    const viewers = await Viewers.start();
    onEnd(() => viewers.stop());
    const teams = floor.teams.slice(0, LOOKED_TEAMS + 1);
    const at = (from: number, to: number) =>
      floor.conversations.filter((_, n) => isBetween(n % counts.teams, from, to));
    const others = at(LOOKED_TEAMS + 1, counts.teams).slice(0, MOST_OTHERS);
    const stage = new Stage(size, nodes, floor.apiKey, teams, at(0, LOOKED_TEAMS), others, viewers);
    await stage.lookAt(stage.teams.slice(LOOKED_TEAMS), size.nodes);
    return stage;
  }

  /** So many dashboards, each on one of the teams with traffic. */
  seat(dashboards: number): Promise<void> {
    return this.lookAt(this.teams.slice(0, LOOKED_TEAMS), dashboards);
  }

  /** All leave but those, one a node, that look at a team without traffic: so that every node keeps the roster. */
  async clear(): Promise<void> {
    await this.viewers.close();
    await this.lookAt(this.teams.slice(LOOKED_TEAMS), this.size.nodes);
  }

  /** So many requests a second; 0: nothing comes in. */
  async run(load: LoadGenerator, requestsPerSecond: number, seconds: number): Promise<Ran> {
    const before = await this.viewers.seen();
    const start = currentUsage().atMs;
    const { result: requests, cpuMs } = await this.spentDuring(() => this.post(load, requestsPerSecond, seconds));
    const elapsedMs = currentUsage().atMs - start;
    const after = await this.viewers.seen();
    const [bytes, deltas] = [after.bytes - before.bytes, after.deltas - before.deltas];
    return { cpuMs, elapsedMs, interactions: requests * BATCH, bytes, deltas };
  }

  private async post(load: LoadGenerator, rate: number, seconds: number): Promise<number> {
    if (rate === 0) {
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      return 0;
    }
    const { looked, others } = this;
    const plan: LoadPlan = {
      port: this.ports,
      method: 'POST',
      path: '/api/v1/interactions',
      headers: { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/json' },
      source: {
        module: new URL('./traffic.source.js', import.meta.url).href,
        options: { looked, others, batch: BATCH },
      },
      connections: CONNECTIONS * this.size.nodes,
      seconds,
      rate,
    };
    return (await load.run(plan)).succeeded;
  }

  private async spentDuring<T>(work: () => Promise<T>): Promise<{ result: T; cpuMs: number }> {
    const done = this.nodes.reduce<() => Promise<{ result: T; cpuMs: number }>>(
      (inner, node) => async () => {
        const { result, spent } = await node.spentDuring(inner);
        return { result: result.result, cpuMs: result.cpuMs + spent.cpuMs };
      },
      async () => ({ result: await work(), cpuMs: 0 }),
    );
    return done();
  }

  private lookAt(teams: readonly string[], dashboards: number): Promise<void> {
    const tokens = Array.from({ length: dashboards }, () => this.apiKey);
    const subscriptions = teams.map((teamId) => ({ topic: 'roster', scope: { teamId } }));
    return this.viewers.open({ ports: this.ports, tokens, subscriptions });
  }

  private get ports(): number[] {
    return this.nodes.map(({ port }) => port);
  }
}

function isBetween(n: number, from: number, to: number): boolean {
  return n >= from && n < to;
}
