import { fastify } from 'fastify';
import type { RunningServer } from '../support/server.js';
import { accept, type IngestBody } from './accept.js';

/** Fastify alone: parses the JSON and answers. */
export async function start(): Promise<RunningServer> {
  const server = fastify();
  server.post<{ Body: IngestBody }>('/api/v1/interactions', (request, reply) =>
    reply.status(202).send(accept(request.body)),
  );
  const address = await server.listen({ port: 0, host: '127.0.0.1' });
  return { port: Number(new URL(address).port), close: () => server.close() };
}
