import type { BenchContext } from '../support/bench.js';
import { makeFloor } from '../support/floor.js';
import { HttpConnection } from '../support/http-connection.js';
import { LoadGenerator } from '../support/load.js';
import { Server } from '../support/server.js';
import { withDatabase } from '../support/services.js';
import { openSessions } from '../support/sessions.js';
import { Crowd, type Guest } from './crowd.js';
import { monotonicMs } from '../support/time.js';

const NODES = 3;
export const SEATED = 100;
export const SOCKETS_EACH = 10;
const RIGHTS = ['dashboard.view', 'inbox.read', 'agents.read', 'agents.manage', 'interactions.write'] as const;

/** What creating an agent over HTTP would have written besides. */
const DERIVED = `
with sync as (insert into agent_sync (agent_id, workspace_id, team_id) select id, workspace_id, team_id from agent on conflict do nothing)
insert into agent_presence (agent_id, workspace_id, since) select id, workspace_id, now() from agent on conflict do nothing`;

/** The answer to an offboarding. */
export interface Offboarded {
  status: number;
  /** When the answer was read. */
  at: number;
  ms: number;
  enforcement: string;
  sockets: number;
}

/** Three nodes, a thousand sockets, an administrator, and those who work on. */
export class Stage {
  private readonly seated: string[] = [];

  private constructor(
    readonly nodes: readonly Server[],
    readonly crowd: Crowd,
    readonly load: LoadGenerator,
    readonly apiKey: string,
    readonly conversations: string[],
    /** Those who work on. */
    readonly others: Guest[],
    private readonly queue: Guest[],
    /** Connections that are free. */
    private readonly administrators: HttpConnection[],
  ) {}

  /** With enough agents for `departures`. */
  static async set({ services, onEnd, say }: BenchContext, departures: number): Promise<Stage> {
    const product = { databaseUrl: await services.createDatabase(), redisUrl: services.redisUrl };
    const nodes: Server[] = [];
    for (let n = 0; n < NODES; n++) nodes.push(await startNode(n, product, onEnd));
    const counts = { teams: 10, agents: SEATED + departures + 51, conversations: 500 };
    const { apiKey, agents, conversations } = await makeFloor(product.databaseUrl, counts, [...RIGHTS]);
    await withDatabase(product.databaseUrl, (client) => client.query(DERIVED));
    const seats = await openSessions(
      product,
      agents.slice(1).map(({ id }) => id),
    );
    const [crowd, load] = [await Crowd.start(), await LoadGenerator.start()];
    onEnd(() => crowd.stop());
    onEnd(() => load.stop());
    const administrators: HttpConnection[] = [];
    onEnd(async () => administrators.forEach((connection) => connection.close()));
    const queue = seats.slice(50);
    const stage = new Stage(nodes, crowd, load, apiKey, conversations, seats.slice(0, 50), queue, administrators);
    say(`${SEATED * SOCKETS_EACH} sockets connect`);
    for (let n = 0; n < SEATED; n++) await stage.seatNext();
    return stage;
  }

  get ports(): number[] {
    return this.nodes.map(({ port }) => port);
  }

  /** The next one comes in. */
  async seatNext(): Promise<void> {
    const guest = this.queue.shift();
    if (!guest) return;
    await this.crowd.seat([guest], this.ports, SOCKETS_EACH);
    this.seated.push(guest.agentId);
  }

  /** Those who have been here longest. */
  leaving(count: number): string[] {
    return this.seated.splice(0, count);
  }

  /** `PATCH /agents/:id` to inactive, on the first node. */
  async offboard(agentId: string): Promise<Offboarded> {
    const body = JSON.stringify({ status: 'inactive' });
    const lines = [
      `PATCH /api/v1/agents/${agentId} HTTP/1.1`,
      'host: 127.0.0.1',
      `authorization: Bearer ${this.apiKey}`,
      'content-type: application/json',
      `content-length: ${body.length}`,
    ];
    const begun = monotonicMs();
    const { at, status, answer } = await new Promise<{ at: number; status: number; answer: Buffer }>((resolve) => {
      const administrator = this.administrators.pop() ?? new HttpConnection(this.ports[0] ?? 0);
      administrator.send(`${lines.join('\r\n')}\r\n\r\n${body}`, (status, answer) => {
        this.administrators.push(administrator);
        resolve({ at: monotonicMs(), status, answer });
      });
    });
    return { status, at, ms: at - begun, ...readReceipt(status, answer) };
  }
}

function readReceipt(status: number, answer: Buffer): { enforcement: string; sockets: number } {
  if (status < 200 || status > 299) throw new Error(`an offboarding answered ${status}: ${answer.toString()}`);
  const { receipt } = JSON.parse(answer.toString()) as { receipt: { enforcement: string; sockets: number } };
  return receipt;
}

async function startNode(n: number, product: object, onEnd: BenchContext['onEnd']): Promise<Server> {
  const server = await Server.start(`node ${n}`, new URL('./stamped.server.js', import.meta.url), product);
  onEnd(() => server.stop());
  return server;
}
