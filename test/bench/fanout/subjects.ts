import { io } from 'socket.io-client';
import type { BenchContext } from '../support/bench.js';
import { type Floor, makeFloor } from '../support/floor.js';
import { Server } from '../support/server.js';
import { Viewers } from '../support/viewers.js';

/** So many look at one team each; the last is what a delta costs that nearly nobody sees. */
export const CROWDS = [200, 1_000] as const;
const ALONE = 1;
const CONNECTED_WITHIN_MS = 20_000;

export interface Subject {
  name: string;
  server: Server;
  viewers: Viewers;
  /** How to ask the server for deltas to so many. */
  deltasTo(sockets: number): object;
}

const DASHBOARD = ['dashboard.view'] as const;

/** Each with a server, and with clients, of its own. The product first: the others send what it sends. */
export async function startSubjects(context: BenchContext): Promise<Subject[]> {
  const { services, onEnd } = context;
  const crowds = [...CROWDS, ALONE];
  const product = { databaseUrl: await services.createDatabase(), redisUrl: services.redisUrl };
  const muster = await start(context, 'Muster', './muster.server.js', product);
  const floor = await makeFloor(product.databaseUrl, { teams: crowds.length, agents: 1_000, conversations: 0 }, [
    ...DASHBOARD,
  ]);
  const teamOf = (sockets: number) => floor.teams[crowds.indexOf(sockets)] ?? '';
  const subscriptionOf = (sockets: number) => ({ topic: 'roster', scope: { teamId: teamOf(sockets) } });
  const ours = (sockets: number) => ({ workspaceId: floor.id, agentId: memberOf(floor, teamOf(sockets)) });
  const body = await sampleOf(muster, floor, subscriptionOf(ALONE), ours(ALONE));
  const stock = await start(context, 'socket.io', '../support/stock.server.js', { secret: null, body });
  const raw = await start(context, 'ws', './raw.server.js', { body });
  const theirs = (sockets: number) => ({ subscription: subscriptionOf(sockets) });
  const subjects: Subject[] = [];
  for (const [name, server, deltasTo] of [
    ['ws alone, one frame made before', raw, theirs],
    ['socket.io, to(room).emit()', stock, theirs],
    ['Muster', muster, ours],
  ] as const) {
    const viewers = await Viewers.start();
    onEnd(() => viewers.stop());
    for (const sockets of crowds) {
      const tokens = Array.from({ length: sockets }, () => floor.apiKey);
      await viewers.open({ ports: [server.port], tokens, subscriptions: [subscriptionOf(sockets)] });
    }
    subjects.push({ name, server, viewers, deltasTo });
  }
  return subjects;
}

async function start({ onEnd }: BenchContext, name: string, module: string, options: object): Promise<Server> {
  const server = await Server.start(name, new URL(module, import.meta.url), options);
  onEnd(() => server.stop());
  return server;
}

function memberOf({ agents }: Floor, teamId: string): string {
  return agents.find((agent) => agent.teamId === teamId)?.id ?? '';
}

/** A delta of the product's, as an ordinary client reads it. */
async function sampleOf(server: Server, { apiKey }: Floor, subscription: object, ours: object): Promise<object> {
  const socket = io(`http://127.0.0.1:${server.port}/dashboard`, {
    transports: ['websocket'],
    auth: { token: apiKey, protocol: 1 },
  });
  try {
    const sample = new Promise<object>((resolve, reject) => {
      socket.once('roster.delta', resolve);
      socket.once('connect_error', reject);
    });
    const subscribed = socket.timeout(CONNECTED_WITHIN_MS).emitWithAck('subscribe', subscription);
    const answer = (await Promise.race([subscribed, sample])) as { ok?: boolean };
    if (!answer.ok) throw new Error(`not subscribed: ${JSON.stringify(answer)}`);
    await server.ask('deltas', { ...ours, count: 10, everyMs: 50 });
    return await sample;
  } finally {
    socket.disconnect();
  }
}
