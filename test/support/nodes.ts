import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DestinationStream } from 'pino';
import { MusterApi } from '#client';
import { createApp } from '../../src/app.js';
import { Config } from '../../src/platform/config/config.js';
import { validateEnvironment } from '../../src/platform/config/environment.js';
import { TestClock } from './clock.js';
import { createDatabase } from './database.js';
import { testServices } from './services.js';

export const ADMIN = { email: 'admin@example.com', password: 'correct-horse-battery' };
export const APP_SECRET = 'the-app-secret-of-the-tests';
export const VERIFY_TOKEN = 'the-verify-token-of-the-tests';

/** One application node of a test. */
export interface TestNode {
  url: string;
  app: NestFastifyApplication;
}

/** An installation of a test's own: nodes that share a database of their own and a prefix in Redis. */
export interface TestInstallation {
  nodes: TestNode[];
  /** The first node. */
  node: TestNode;
  databaseUrl: string;
  redisPrefix: string;
  /** The time of all nodes. */
  clock: TestClock;
  /** An SDK client on a node, not logged in. */
  client(node?: TestNode): MusterApi;
  /** An SDK client logged in as the first administrator. */
  admin(node?: TestNode): Promise<MusterApi>;
  /** Starts another node. */
  start(): Promise<TestNode>;
  stop(): Promise<void>;
}

/** Starts `count` nodes on a database of their own. Stop them in `afterAll`. */
export async function startNodes(
  count = 1,
  variables: Record<string, string> = {},
  logs?: DestinationStream,
): Promise<TestInstallation> {
  const database = await createDatabase();
  const redisPrefix = `test-${randomUUID()}`;
  const nodes: TestNode[] = [];
  const clock = new TestClock();
  const clients: MusterApi[] = [];

  const start = async () => {
    const node = await startNode(database.url, redisPrefix, variables, clock, logs);
    nodes.push(node);
    return node;
  };
  for (let index = 0; index < count; index++) await start();

  const first = nodes[0];
  if (!first) throw new Error('An installation has at least one node.');
  const client = (node = first) => {
    const api = new MusterApi({ url: node.url });
    clients.push(api);
    return api;
  };
  return {
    nodes,
    node: first,
    databaseUrl: database.url,
    redisPrefix,
    clock,
    client,
    admin: async (node) => {
      const api = client(node);
      await api.auth.login(ADMIN);
      return api;
    },
    start,
    stop: async () => {
      await Promise.all(nodes.map((node) => node.app.close()));
      await database.drop();
    },
  };
}

async function startNode(
  databaseUrl: string,
  redisPrefix: string,
  variables: Record<string, string>,
  clock: TestClock,
  logs?: DestinationStream,
): Promise<TestNode> {
  const config = new Config(
    validateEnvironment({
      PORT: '0',
      HOST: '127.0.0.1',
      DATABASE_URL: databaseUrl,
      REDIS_URL: testServices().redisUrl,
      MUSTER_REDIS_PREFIX: redisPrefix,
      MUSTER_NODE_ID: `node-${randomUUID().slice(0, 8)}`,
      MUSTER_JWT_SECRET: 'a-secret-that-only-the-tests-know-of',
      MUSTER_PHONE_KEY: Buffer.alloc(32, 7).toString('base64'),
      MUSTER_ADMIN_EMAIL: ADMIN.email,
      MUSTER_ADMIN_PASSWORD: ADMIN.password,
      MUSTER_WHATSAPP_APP_SECRET: APP_SECRET,
      MUSTER_WHATSAPP_VERIFY_TOKEN: VERIFY_TOKEN,
      LOG_LEVEL: 'error',
      ...variables,
    }),
  );
  const app = await createApp(config, clock, logs);
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), app };
}
