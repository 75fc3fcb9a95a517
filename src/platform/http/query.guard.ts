import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import { validationFailed } from '../errors/problem.exception.js';

/**
 * A query parameter that a route doesn't know is refused, also where the route knows none: whoever sends
 * `?dryRun=true` to a route that would ignore it must not find the change made.
 */
@Injectable()
export class QueryGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http' || takesQuery(context)) return true;
    const [unknown] = Object.keys(context.switchToHttp().getRequest<FastifyRequest>().query as object);
    if (unknown === undefined) return true;
    const detail = `This call knows no query parameter ${unknown.slice(0, 50)}.`;
    throw validationFailed([{ pointer: `?${unknown.slice(0, 50)}`, code: 'unknown_field', detail }]);
  }
}

function takesQuery(context: ExecutionContext): boolean {
  const parameters: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name);
  return Object.keys(parameters ?? {}).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
}
