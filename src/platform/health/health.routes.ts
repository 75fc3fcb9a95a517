import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../telemetry/metrics.js';
import { version } from '../version.js';
import type { Readiness } from './readiness.js';

/** The routes for machines beside the API: they answer without a credential and tell nothing of any workspace. */
export function addHealthRoutes(server: FastifyInstance, readiness: Readiness, metrics: Metrics): void {
  server.get('/livez', () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const answer = await readiness.check();
    return reply.status(answer.status === 'unavailable' ? 503 : 200).send(answer);
  });
  server.get('/version', () => ({ version }));
  server.get('/metrics', async (_request, reply) => {
    return reply.header('Content-Type', metrics.contentType).send(await metrics.text());
  });
}
