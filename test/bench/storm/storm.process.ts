/** The process of a `Storm`: clients that all come at once, and all leave. */
import { answerCalls } from '../../support/processes/answer.js';
import { SocketConnection } from '../support/socket-connection.js';
import type { Arrival, StormPlan } from './storm.js';

const COME_AGAIN_MS = 2_000;

let open: SocketConnection[] = [];

/** Everybody connects in the same moment; who is refused comes again, as the SDK does. */
async function come(argument: unknown): Promise<Arrival> {
  const { port, tokens } = argument as StormPlan;
  const start = performance.now();
  const refusals: string[] = [];
  open = [];
  await Promise.all(
    tokens.map(async (token) => {
      for (;;) {
        const refusal = await connect(port, token);
        if (refusal === null) return;
        refusals.push(refusal);
        await new Promise((resolve) => setTimeout(resolve, COME_AGAIN_MS * (1 + Math.random())));
      }
    }),
  );
  const lastMs = performance.now() - start;
  return { connected: open.length, refused: refusals.length, refusal: refusals[0] ?? null, lastMs };
}

/** Says goodbye, as a client that is closed by its user does. */
async function leave(): Promise<void> {
  for (const connection of open.splice(0)) connection.leave();
}

/** Null: connected. Otherwise what the server said. */
function connect(port: number, token: string): Promise<string | null> {
  return new Promise((resolve) => {
    const connection = new SocketConnection(
      { port, namespace: '/inbox', token },
      {
        connected: () => {
          open.push(connection);
          resolve(null);
        },
        refused: (packet) => {
          connection.destroy();
          resolve(packet);
        },
        message: () => undefined,
        closed: () => resolve('closed'),
      },
    );
  });
}

answerCalls({ come, leave }, async () => undefined);
