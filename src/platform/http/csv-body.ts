/**
 * Bodies of `text/csv`: handed to the route as the stream they come in as, for they may be larger than what is held in
 * memory. Only routes that say so with `TakesCsv` get one; everywhere else it is 415 like any other media type.
 */
import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemException } from '../errors/problem.exception.js';

const MEDIA_TYPE = 'text/csv';

interface CsvRoute {
  takesCsv?: boolean;
}

/** The route takes a CSV file as its body: `request.body` is a stream of bytes. */
export function TakesCsv(description: string) {
  return applyDecorators(
    RouteConfig({ takesCsv: true } satisfies CsvRoute),
    ApiConsumes(MEDIA_TYPE),
    ApiBody({ description, schema: { type: 'string' } }),
  );
}

/** Lets the server take CSV files. */
export function addCsvBodies(server: FastifyInstance): void {
  server.addContentTypeParser(MEDIA_TYPE, (request: FastifyRequest, payload, done) => {
    if ((request.routeOptions.config as CsvRoute).takesCsv) return done(null, payload);
    done(new ProblemException('unsupported_media_type', 'Send JSON with the header Content-Type: application/json.'));
  });
}
