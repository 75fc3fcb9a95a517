import type { BenchContext } from '../support/bench.js';
import { Server } from '../support/server.js';
import { openSessions } from '../support/sessions.js';
import { seedAgents } from './seed.js';

/** A node of the product with a workspace of so many agents. */
export interface Subject {
  agents: number;
  server: Server;
  /** Of one who may read them. */
  token: string;
}

export async function startSubjects(context: BenchContext): Promise<[Subject, Subject]> {
  return [await start(context, 1_000), await start(context, 100_000)];
}

async function start({ services, onEnd, say }: BenchContext, agents: number): Promise<Subject> {
  const product = { databaseUrl: await services.createDatabase(), redisUrl: services.redisUrl };
  const module = new URL('../support/product.server.js', import.meta.url);
  const server = await Server.start(`${agents} agents`, module, product);
  onEnd(() => server.stop());
  say(`seeding ${agents.toLocaleString('en')} agents`);
  const agentId = await seedAgents(product.databaseUrl, agents);
  const [seat] = await openSessions(product, [agentId]);
  return { agents, server, token: seat?.token ?? '' };
}
