import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';
import type { FastifyInstance } from 'fastify';

/** For writes that can be rehearsed. */
export class DryRunQuery {
  /** Answers what the call would do, and writes nothing. */
  @IsOptional()
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean({ message: 'dryRun is true or false' })
  dryRun?: boolean;
}

/** The answer of a dry run is 200, also where the call itself would create something. */
export function addDryRunStatus(server: FastifyInstance): void {
  server.addHook('preSerialization', (_request, reply, payload, done) => {
    const { effect } = (payload ?? {}) as { effect?: unknown };
    if (effect !== undefined) void reply.status(200);
    done(null, payload);
  });
}
