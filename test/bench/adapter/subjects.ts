import type { BenchContext } from '../support/bench.js';
import { type Floor, makeFloor } from '../support/floor.js';
import { Server } from '../support/server.js';
import { withDatabase } from '../support/services.js';

/** A server under measurement. */
export interface Subject {
  name: string;
  server: Server;
  /** Whose interactions are posted. The frameworks alone get the first product's, and look at nothing. */
  floor: Floor;
  /** Where a product stores; null: it stores nothing. */
  databaseUrl: string | null;
  /** Interactions answered with 2xx until now. */
  posted: number;
}

/** The first is what the others are compared with. */
const PRODUCTS = {
  'Muster on Fastify': '../support/product.server.js',
  'Muster on Express': './product-express.server.js',
};
const LIMITS = { 'Fastify alone': './bare-fastify.server.js', 'Express alone': './bare-express.server.js' };
const FLOOR = { teams: 10, agents: 1_000, conversations: 2_000 };

export async function startSubjects(context: BenchContext): Promise<[Subject, ...Subject[]]> {
  const products: Subject[] = [];
  for (const [name, module] of Object.entries(PRODUCTS)) products.push(await startProduct(context, name, module));
  const [first, ...rest] = products;
  if (!first) throw new Error('there is no product to measure');
  const limits: Subject[] = [];
  for (const [name, module] of Object.entries(LIMITS)) {
    limits.push({
      name,
      server: await startServer(context, name, module),
      floor: first.floor,
      databaseUrl: null,
      posted: 0,
    });
  }
  return [first, ...rest, ...limits];
}

/** Fails unless each product has stored exactly what it acknowledged. */
export async function requireStored(subjects: readonly Subject[]): Promise<void> {
  for (const { name, databaseUrl, posted } of subjects) {
    if (databaseUrl === null) continue;
    const stored = await withDatabase(databaseUrl, (client) =>
      client.query<{ count: number }>('select count(*)::integer as count from interaction'),
    );
    const count = stored.rows[0]?.count;
    if (count !== posted) throw new Error(`${name} acknowledged ${posted} interactions and stored ${count}.`);
  }
}

async function startProduct(context: BenchContext, name: string, module: string): Promise<Subject> {
  const databaseUrl = await context.services.createDatabase();
  const server = await startServer(context, name, module, { databaseUrl, redisUrl: context.services.redisUrl });
  const floor = await makeFloor(databaseUrl, FLOOR, ['interactions.write']);
  return { name, server, floor, databaseUrl, posted: 0 };
}

async function startServer(context: BenchContext, name: string, module: string, options?: object): Promise<Server> {
  const server = await Server.start(name, new URL(module, import.meta.url), options ?? null);
  context.onEnd(() => server.stop());
  return server;
}
