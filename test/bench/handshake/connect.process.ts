/** The process of a `Connector`. */
import { answerCalls } from '../../support/processes/answer.js';
import { SocketConnection } from '../support/socket-connection.js';
import { currentUsage, spentBetween } from '../support/usage.js';
import type { ConnectPlan, ConnectResult } from './connector.js';

/** Lanes that each connect, leave and connect again, until the time is over. */
async function run(argument: unknown): Promise<ConnectResult> {
  const plan = argument as ConnectPlan;
  const before = currentUsage();
  const start = performance.now();
  const end = start + plan.seconds * 1000;
  const counts = await Promise.all(Array.from({ length: plan.lanes }, (_, lane) => runLane(plan, lane, end)));
  const elapsedMs = performance.now() - start;
  const connected = counts.reduce((sum, count) => sum + count, 0);
  return { connected, perSecond: (connected / elapsedMs) * 1000, spent: spentBetween(before, currentUsage()) };
}

async function runLane(plan: ConnectPlan, lane: number, end: number): Promise<number> {
  let count = 0;
  while (performance.now() < end) {
    await connectOnce(plan, plan.tokens[(lane + count * plan.lanes) % plan.tokens.length] ?? '');
    count++;
  }
  return count;
}

/** Until the first moment in which the server would send data. */
function connectOnce({ port, namespace }: ConnectPlan, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = new SocketConnection(
      { port, namespace, token },
      {
        connected: () => {
          connection.destroy();
          resolve();
        },
        refused: (packet) => reject(new Error(`refused: ${packet}`)),
        message: () => undefined,
        closed: () => reject(new Error('closed before it was connected')),
      },
    );
  });
}

answerCalls({ run }, async () => undefined);
