import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config/config.js';
import { notFound } from '../errors/problem.exception.js';
import { PROBLEM_TYPE } from '../errors/problem.filter.js';
import { addDryRunStatus } from './dry-run.js';
import { addEtags, addReceiptStatus } from './etag.js';
import { withRequest } from './request-context.js';
import type { RequestsUnderWay } from './requests-under-way.js';
import { addSecurityHeaders } from './security-headers.js';

/** Meta's largest delivery is 3 MB. */
const BODY_LIMIT = 3 * 1024 * 1024;
const REQUEST_ID = /^[\w.-]{8,100}$/;

/** How Fastify is set up: bounded bodies, request ids, proxies that are believed. */
export function serverOptions(config: Config) {
  return {
    bodyLimit: BODY_LIMIT,
    trustProxy: trustedProxies(config.trustProxy),
    routerOptions: { maxParamLength: 200 },
    requestIdHeader: false as const,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    /** A body that takes longer is not coming. */
    requestTimeout: 60_000,
    frameworkErrors: refuseUrl,
  };
}

/** Gives every request its context, every answer its headers, and logs requests without their query. */
export function addRequestHooks(server: FastifyInstance, logger: Logger, underWay: RequestsUnderWay): void {
  addSecurityHeaders(server);
  addEtags(server);
  addReceiptStatus(server);
  addDryRunStatus(server);
  server.addHook('onRequest', (request, reply, done) => {
    underWay.add(reply.raw);
    void reply.header('X-Request-Id', request.id);
    // Nearly all of it is about people: no cache keeps it for whoever comes next.
    if (request.routeOptions.url?.startsWith('/api/')) void reply.header('Cache-Control', 'no-store');
    withRequest(request.id, done);
  });
  if (!logger.isLevelEnabled('info')) return;
  server.addHook('onResponse', (request, reply, done) => {
    const path = request.url.split('?', 1)[0];
    const ms = Math.round(reply.elapsedTime);
    logger.info({ method: request.method, path, status: reply.statusCode, ms, requestId: request.id }, 'request');
    done();
  });
}

/** Addresses that are refused before any route is looked for: not decodable, or with a part that no id is as long as. */
function refuseUrl(_error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const problem = notFound('path').toProblem(request.id);
  void reply.status(problem.status).header('Content-Type', PROBLEM_TYPE).send(JSON.stringify(problem));
}

function trustedProxies(setting: string | null): boolean | string | ((address: string, hop: number) => boolean) {
  if (setting === null) return false;
  if (setting === 'true') return true;
  return /^\d+$/.test(setting) ? (_address, hop) => hop < Number(setting) : setting;
}
