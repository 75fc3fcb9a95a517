import pg from 'pg';
import type { CreateAgentRequest, CreateTeamRequest, TeamView } from '#contracts';
import { ADMIN, type Cluster, type ClusterNode } from '../access/cluster.js';
import { type Answer, type Ask, HttpClient, json } from '../access/http.js';

/** What a show is given. */
export interface Show {
  cluster: Cluster;
  office: Office;
  say: (line: string) => void;
  signal: AbortSignal;
}

const EVERY_MS = 100;

/** An administrator who asks any node until one answers, and what the database says. */
export class Office {
  private readonly http = new HttpClient();
  private turn = 0;

  private constructor(
    private readonly cluster: Cluster,
    private readonly token: string,
  ) {}

  static async open(cluster: Cluster): Promise<Office> {
    const http = new HttpClient();
    const url = cluster.nodes[0]?.url ?? '';
    const answer = await http.ask(url, { method: 'POST', path: '/auth/login', body: ADMIN });
    http.close();
    if (answer.status !== 200) throw new Error(`The administrator may not log in: ${answer.text}`);
    return new Office(cluster, json<{ accessToken: string }>(answer).accessToken);
  }

  /** One request to one node. */
  ask(node: ClusterNode, ask: Ask): Promise<Answer> {
    return this.http.ask(node.url, { token: this.token, ...ask });
  }

  /** Asks node after node until one answers 2xx. What is asked for must bear being done twice. */
  async insist<T>(ask: Ask, signal: AbortSignal): Promise<T> {
    for (;;) {
      const node = this.cluster.nodes[this.turn++ % this.cluster.nodes.length];
      const answer = node && (await this.ask(node, ask));
      if (answer && answer.status >= 200 && answer.status < 300) return json<T>(answer);
      if (answer && answer.status >= 400 && answer.status < 429) throw new Error(`${ask.path}: ${answer.text}`);
      if (signal.aborted) throw new Error('given up');
      await pause(EVERY_MS);
    }
  }

  createTeam(body: CreateTeamRequest, signal: AbortSignal): Promise<TeamView> {
    return this.insist({ method: 'POST', path: '/teams', body }, signal);
  }

  createAgent(body: CreateAgentRequest, signal: AbortSignal): Promise<{ id: string }> {
    return this.insist({ method: 'POST', path: '/agents', body }, signal);
  }

  /** Reads until it is accepted; null: time is up. How many ms it took. */
  async until<T>(
    read: () => Promise<T>,
    accept: (value: T) => boolean,
    withinMs: number,
    everyMs = EVERY_MS,
  ): Promise<{ ms: number; value: T; accepted: boolean }> {
    const from = performance.now();
    for (;;) {
      const value = await read();
      const ms = Math.round(performance.now() - from);
      if (accept(value)) return { ms, value, accepted: true };
      if (ms > withinMs) return { ms, value, accepted: false };
      await pause(everyMs);
    }
  }

  async sql<Row extends object>(text: string, parameters: unknown[]): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.cluster.services.databaseUrl });
    await client.connect();
    try {
      return (await client.query<Row>(text, parameters)).rows;
    } finally {
      await client.end();
    }
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
