/** The process of `Viewers`. */
import { answerCalls } from '../../support/processes/answer.js';
import { SocketConnection } from './socket-connection.js';
import { currentUsage } from './usage.js';
import type { Seen, ViewPlan } from './viewers.js';

const NAMESPACE = '/dashboard';
const DELTA = `42${NAMESPACE},["roster.delta"`;
/** So many connect at the same time. */
const LANES = 32;
/** A subscription that is refused for the moment is tried again, so often. */
const ATTEMPTS = 20;
const AGAIN_MS = 500;

const connections = new Set<SocketConnection>();
let deltas = 0;
/** Of those that have gone. */
let bytes = 0;

async function open(argument: unknown): Promise<void> {
  const plan = argument as ViewPlan;
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    for (let n = lane; n < plan.tokens.length; n += LANES) await connect(plan, n);
  });
  await Promise.all(lanes);
}

/** Until it has its snapshot. */
function connect({ ports, tokens, subscriptions }: ViewPlan, n: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let attempts = 0;
    const subscribe = () => connection.emit(++attempts, 'subscribe', subscriptions[n % subscriptions.length] ?? {});
    const answered = (packet: string) => {
      if (packet.includes('"ok":true')) resolve();
      else if (packet.includes('"retryable":true') && attempts < ATTEMPTS) setTimeout(subscribe, AGAIN_MS);
      else reject(new Error(`not subscribed: ${packet}`));
    };
    const connection = new SocketConnection(
      { port: ports[n % ports.length] ?? 0, namespace: NAMESPACE, token: tokens[n] ?? '' },
      {
        connected: subscribe,
        refused: (packet) => reject(new Error(`refused: ${packet}`)),
        message: (packet) => {
          if (packet.startsWith(DELTA)) deltas++;
          else if (packet.startsWith('43')) answered(packet);
        },
        closed: () => {
          forget(connection);
          reject(new Error('closed before it had its snapshot'));
        },
      },
    );
    connections.add(connection);
  });
}

function forget(connection: SocketConnection): void {
  if (connections.delete(connection)) bytes += connection.bytesReceived;
}

function seen(): Seen {
  const open = [...connections].reduce((sum, connection) => sum + connection.bytesReceived, 0);
  return { deltas, bytes: bytes + open, open: connections.size, usage: currentUsage() };
}

async function close(): Promise<void> {
  for (const connection of connections) connection.leave();
}

answerCalls({ open, seen, close }, async () => undefined);
