/** The process of `Clients`. */
import pg from 'pg';
import { answerCalls } from '../../support/processes/answer.js';
import { Latencies } from '../support/histogram.js';
import { HttpConnection } from '../support/http-connection.js';
import { SocketConnection } from '../support/socket-connection.js';
import { currentUsage, spentBetween } from '../support/usage.js';
import { assignBare } from './bare.js';
import type { AssignPlan, AssignResult, WatchPlan, WatchResult, Wish } from './ways.js';

/** Asks for one; whether it was granted. */
interface Client {
  ask(wish: Wish): Promise<boolean>;
  close(): Promise<void>;
}

async function assign(argument: unknown): Promise<AssignResult> {
  const { wishes, clients: count, target } = argument as AssignPlan;
  const clients = await Promise.all(Array.from({ length: count }, () => connect(target)));
  const latency = new Latencies();
  let [next, assigned] = [0, 0];
  const keepAsking = async (client: Client) => {
    for (let wish = wishes[next++]; wish; wish = wishes[next++]) {
      const sentAt = performance.now();
      if (await client.ask(wish)) assigned++;
      latency.record(performance.now() - sentAt);
    }
  };
  const before = currentUsage();
  await Promise.all(clients.map(keepAsking));
  const spent = spentBetween(before, currentUsage());
  await Promise.all(clients.map((client) => client.close()));
  const perSecond = (wishes.length / spent.elapsedMs) * 1000;
  return { assigned, refused: wishes.length - assigned, perSecond, latencyMs: latency.percentiles(), spent };
}

function connect(target: AssignPlan['target']): Promise<Client> {
  return 'port' in target ? Promise.resolve(overHttp(target.port, target.apiKey)) : bare(target.databaseUrl);
}

async function bare(databaseUrl: string): Promise<Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  return { ask: (wish) => assignBare(client, wish), close: () => client.end() };
}

function overHttp(port: number, apiKey: string): Client {
  const connection = new HttpConnection(port);
  const ask = async ({ conversationId, agentId }: Wish) => {
    const { status, text } = await post(connection, apiKey, `${conversationId}/assign`, { agentId });
    if (status === 200) return true;
    if (status === 409 && text.includes('"reasons":["at_capacity"]')) return false;
    throw new Error(`answered with ${status}: ${text}`);
  };
  return { ask, close: async () => connection.close() };
}

function post(connection: HttpConnection, apiKey: string, path: string, content: object) {
  const body = JSON.stringify(content);
  const head = [
    `POST /api/v1/conversations/${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: Bearer ${apiKey}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return new Promise<{ status: number; text: string }>((resolve) => {
    connection.send(`${head.join('\r\n')}\r\n\r\n${body}`, (status, text) => resolve({ status, text: String(text) }));
  });
}

/** What a socket waits for: the frame that has the agent. */
let awaited: { agentId: string; came: (bytes: number) => void } | null = null;

async function watch(argument: unknown): Promise<WatchResult> {
  const { port, apiKey, wishes } = argument as WatchPlan;
  const socket = await subscribe(port, apiKey);
  const connection = new HttpConnection(port);
  const latency = new Latencies();
  let bytes = 0;
  for (const { conversationId, agentId } of wishes) {
    const came = new Promise<number>((resolve) => (awaited = { agentId, came: resolve }));
    const sentAt = performance.now();
    const { status, text } = await post(connection, apiKey, `${conversationId}/assign`, { agentId });
    if (status !== 200) throw new Error(`answered with ${status}: ${text}`);
    bytes += await came;
    latency.record(performance.now() - sentAt);
  }
  socket.leave();
  connection.close();
  return { latencyMs: latency.percentiles(), bytesEach: bytes / wishes.length };
}

/** Resolves when the snapshot is here. */
function subscribe(port: number, token: string): Promise<SocketConnection> {
  return new Promise((resolve, reject) => {
    const socket = new SocketConnection(
      { port, namespace: '/inbox', token, shown: 65_536 },
      {
        connected: () => socket.emit(1, 'subscribe', { topic: 'assignable' }),
        refused: (packet) => reject(new Error(`refused: ${packet}`)),
        message: (packet) => {
          if (packet.startsWith('43'))
            return packet.includes('"ok":true') ? resolve(socket) : reject(new Error(packet));
          if (awaited && packet.includes('assignable.delta') && packet.includes(awaited.agentId)) {
            const { came } = awaited;
            awaited = null;
            came(packet.length);
          }
        },
        closed: () => reject(new Error('closed')),
      },
    );
  });
}

answerCalls({ assign, watch }, async () => undefined);
