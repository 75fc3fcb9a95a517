import { chromium } from 'playwright-core';
import { chromiumPath } from '../../support/chromium.js';
import { makeAssignedFloor } from '../live/stage.js';
import { postsPerSecond, type Traffic } from '../live/traffic.js';
import type { BenchContext } from '../support/bench.js';
import { LoadGenerator, type LoadResult } from '../support/load.js';
import { Server } from '../support/server.js';
import { openSessions } from '../support/sessions.js';
import { FloorWindow } from './floor-window.js';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync', '--no-first-run'];
const CONNECTIONS = 32;

export interface ConsoleStage {
  /** Another window on the floor. */
  window(): Promise<FloorWindow>;
  /** Reports interactions to the node. */
  report(traffic: Omit<Traffic, 'seed'>): Promise<LoadResult>;
}

/** A node with a floor of 1,000 agents, a browser, and who reports what they do. */
export async function setConsoleStage(context: BenchContext): Promise<ConsoleStage> {
  const product = { databaseUrl: await context.services.createDatabase(), redisUrl: context.services.redisUrl };
  const server = await Server.start('Muster', new URL('../support/product.server.js', import.meta.url), product);
  context.onEnd(() => server.stop());
  const floor = await makeAssignedFloor(product.databaseUrl);
  const [seat] = await openSessions(product, [floor.agents[0]?.id ?? '']);
  if (!seat) throw new Error('there is nobody on the floor');
  const load = await LoadGenerator.start();
  context.onEnd(() => load.stop());
  const browser = await chromium.launch({ executablePath: await chromiumPath(), args: FLAGS });
  context.onEnd(() => browser.close());
  const { port } = server;
  return {
    window: () => FloorWindow.open(browser, `http://127.0.0.1:${port}`, seat),
    report: (pattern) => {
      const traffic: Traffic = { ...pattern, seed: 1 };
      return load.run({
        port,
        method: 'POST',
        path: '/api/v1/interactions',
        headers: { authorization: `Bearer ${floor.apiKey}`, 'content-type': 'application/json' },
        source: {
          module: new URL('../live/traffic.source.js', import.meta.url).href,
          options: { traffic, conversations: floor.conversations },
        },
        connections: CONNECTIONS,
        seconds: pattern.seconds,
        rate: postsPerSecond(traffic),
      });
    },
  };
}
