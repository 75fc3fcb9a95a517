import type { IncomingMessage, ServerResponse } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../../../src/app.module.js';
import { ProblemFilter } from '../../../src/platform/errors/problem.filter.js';
import { withRequest } from '../../../src/platform/http/request-context.js';
import { createValidationPipe } from '../../../src/platform/http/validation.pipe.js';
import { newId } from '../../../src/platform/ids.js';
import { createLogger } from '../../../src/platform/logging/logging.module.js';
import { RealtimeAdapter } from '../../../src/platform/realtime/realtime.adapter.js';
import { type ProductOptions, productConfig } from '../support/product.js';
import type { RunningServer } from '../support/server.js';

/**
 * The product's modules on Express, set up as `createApp` does on Fastify: same guard, pipe, filter, request context,
 * CORS and raw body. What hooks of Fastify do is missing, which speaks for Express: security headers, ETags, the
 * console, and the routes for machines.
 */
export async function start(options: ProductOptions): Promise<RunningServer> {
  const config = productConfig(options);
  const adapter = new ExpressAdapter();
  adapter.setOnRequestHook(giveContext);
  const module = AppModule.for(config, createLogger(config));
  const app = await NestFactory.create<NestExpressApplication>(module, adapter, { rawBody: true, logger: ['error'] });
  app.useWebSocketAdapter(new RealtimeAdapter(app, config));
  app.setGlobalPrefix('api/v1');
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  app.enableCors({ origin: [...config.corsOrigins], exposedHeaders: ['ETag', 'X-Request-Id', 'Retry-After'] });
  app.disable('etag').disable('x-powered-by');
  app.useBodyParser('json', { limit: '3mb' });
  await app.listen(0, '127.0.0.1');
  return { port: Number(new URL(await app.getUrl()).port), close: () => app.close() };
}

function giveContext(_request: IncomingMessage, response: ServerResponse, done: () => void): void {
  const id = newId();
  response.setHeader('X-Request-Id', id);
  withRequest(id, done);
}
