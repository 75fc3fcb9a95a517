import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toProblemException } from './to-problem.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Answers every error over HTTP as `application/problem+json`; only what is our fault is logged as an error. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const requestId = http.getRequest<FastifyRequest>().id;
    const problem = toProblemException(error);
    if (problem.code === 'internal_error') this.logger.error({ err: error, requestId }, 'a request failed');
    if (problem.code === 'database_unavailable')
      this.logger.warn({ err: error, requestId }, 'the database did not answer');
    if (problem.extras.headers) void reply.headers(problem.extras.headers);
    if (problem.extras.retryAfter) void reply.header('Retry-After', problem.extras.retryAfter);
    // Closing at once, as Fastify would, cuts off the client while it sends: it would never read why.
    if (problem.code === 'payload_too_large') reply.removeHeader('connection');
    if (problem.status === 401) void reply.header('WWW-Authenticate', 'Bearer');
    void reply
      .status(problem.status)
      .header('Content-Type', PROBLEM_TYPE)
      .send(JSON.stringify(problem.toProblem(requestId)));
  }
}
