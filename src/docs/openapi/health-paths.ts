import { type JsonSchema, ref } from '../json-schema.js';
import type { Operation, PathItem, Response } from './openapi.js';

/** The routes for machines, which Fastify serves beside Nest (`platform/health/health.routes.ts`). */
export function healthPaths(): Record<string, PathItem> {
  return {
    '/livez': {
      get: operation('livez', 'Is the process alive', 'Answers as long as the process can answer at all.', {
        200: json('It is.', { type: 'object', required: ['status'], properties: { status: { const: 'ok' } } }),
      }),
    },
    '/readyz': {
      get: operation(
        'readyz',
        'Can this node serve',
        'Whether to send requests here. Without Redis a node still serves, degraded: nothing is lost, live views wait. ' +
          'The body says which part is in trouble.',
        {
          200: json('It can; `status` is `ready` or `degraded`.', ref('Readiness')),
          503: json('It can not: PostgreSQL does not answer, or the node is stopping.', ref('Readiness')),
        },
      ),
    },
    '/version': {
      get: operation('version', 'Which version runs', 'The version of the product.', {
        200: json('The version.', {
          type: 'object',
          required: ['version'],
          properties: { version: { type: 'string', examples: ['1.4.2'] } },
        }),
      }),
    },
    '/metrics': {
      get: operation('metrics', 'Metrics', 'Counters and histograms of this node for Prometheus; of no workspace.', {
        200: {
          description: 'In the text format of Prometheus.',
          content: { 'text/plain': { schema: { type: 'string' } } },
        },
      }),
    },
  };
}

function operation(id: string, summary: string, description: string, responses: Record<number, Response>): Operation {
  return {
    operationId: `health.${id}`,
    tags: ['health'],
    summary,
    description: `${description}\n\nNeeds no credential.`,
    security: [],
    responses,
  };
}

function json(description: string, schema: JsonSchema): Response {
  return { description, content: { 'application/json': { schema } } };
}
