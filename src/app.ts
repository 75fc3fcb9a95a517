import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import type { DestinationStream } from 'pino';
import { Logger as NestLogger } from 'nestjs-pino';
import { Authenticator } from './access/authenticator.js';
import { admitWith } from './access/browser-access.js';
import { addHttpGate } from './access/revocation/http-gate.js';
import { OutboundGate } from './access/revocation/outbound-gate.js';
import { AppModule } from './app.module.js';
import type { Clock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import { ProblemFilter } from './platform/errors/problem.filter.js';
import { addHealthRoutes } from './platform/health/health.routes.js';
import { Readiness } from './platform/health/readiness.js';
import { addConsole } from './platform/http/console.js';
import { addCsvBodies } from './platform/http/csv-body.js';
import { addIdempotency, AnsweredBeforeFilter } from './platform/http/idempotency.js';
import { IdempotencyStore } from './platform/http/idempotency-store.js';
import { RequestsUnderWay } from './platform/http/requests-under-way.js';
import { addRequestHooks, serverOptions } from './platform/http/server.js';
import { createValidationPipe } from './platform/http/validation.pipe.js';
import { JobQueue } from './platform/jobs/job-queue.js';
import { addQueueView } from './platform/jobs/queue-view.js';
import { createLogger } from './platform/logging/logging.module.js';
import { addApiDocs } from './platform/openapi/api-docs.js';
import { RealtimeAdapter } from './platform/realtime/realtime.adapter.js';
import { Metrics } from './platform/telemetry/metrics.js';

/** What scripts of other origins may read. */
const EXPOSED = ['ETag', 'X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'Idempotency-Replayed'];

/** One application node, ready to listen: everything that `main.ts` and the tests share. Logs go to the standard output, or to `logs`. */
export async function createApp(
  config: Config,
  clock?: Clock,
  logs?: DestinationStream,
): Promise<NestFastifyApplication> {
  const logger = createLogger(config, logs);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.for(config, logger, clock),
    new FastifyAdapter(serverOptions(config)),
    { logger: false, rawBody: true, abortOnError: false, forceCloseConnections: true },
  );
  app.useLogger(app.get(NestLogger));
  app.useWebSocketAdapter(new RealtimeAdapter(app, config));
  app.setGlobalPrefix('api/v1');
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(new ProblemFilter(), new AnsweredBeforeFilter());
  // Without other origins browsers refuse by themselves; working that out took a twentieth of a request's CPU time.
  if (config.corsOrigins.length > 0) app.enableCors({ origin: [...config.corsOrigins], exposedHeaders: EXPOSED });
  const server = app.getHttpAdapter().getInstance();
  addRequestHooks(server, logger, app.get(RequestsUnderWay));
  addCsvBodies(server);
  await addConsole(server);
  await addApiDocs(app);
  await addQueueView(server, app.get(JobQueue), admitWith(app.get(Authenticator), 'settings.manage'));
  addHealthRoutes(server, app.get(Readiness), app.get(Metrics));
  addIdempotency(server, app.get(IdempotencyStore));
  addHttpGate(server, app.get(OutboundGate), app.get(Authenticator));
  return app;
}
