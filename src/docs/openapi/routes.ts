/**
 * The routes of the application, found without starting it: Nest's preview mode builds the modules and no provider, so
 * nothing is connected to. Features need not know of it; what they declare for the guard and the pipes is read here.
 */
import { ParseUUIDPipe } from '@nestjs/common';
import { HEADERS_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { pino } from 'pino';
import { ACCESS_RULE, type AccessRule } from '../../access/requires.decorator.js';
import { AppModule } from '../../app.module.js';
import { Config } from '../../platform/config/config.js';
import { validateEnvironment } from '../../platform/config/environment.js';
import { isRepeatable } from '../../platform/http/idempotency.js';
import type { Class } from '../limits.js';
import { type Operation, type PathItem, type Verb, VERBS } from './openapi.js';

/** One route, with what its handler declares. */
export interface Route {
  path: string;
  verb: Verb;
  controller: Class;
  method: string;
  rule: AccessRule;
  /** Class of the query, when the handler takes it as a whole. */
  query: Class | null;
  /** Class of the body; null without one, or when no class describes it. */
  body: Class | null;
  /** Path parameters that are ids of ours. */
  ids: ReadonlySet<string>;
  /** Request headers that the handler reads, in lower case. */
  headers: readonly string[];
  /** What the answer is, when it isn't JSON. */
  mediaType: string | null;
  /** As far as @nestjs/swagger knows it. */
  operation: Operation;
}

/** Whether the route honours `Idempotency-Key`. */
export function isKeyed({ verb, path, rule, operation }: Route): boolean {
  const isStreamed = operation.requestBody?.content?.['text/csv'] !== undefined;
  return rule.kind !== 'public' && !isStreamed && isRepeatable(verb.toUpperCase(), path);
}

/** Every route of the application. One without an access rule does not exist for callers, and is not listed. */
export async function findRoutes(prefix: string): Promise<Route[]> {
  const app = await preview();
  app.setGlobalPrefix(prefix);
  const controllers = controllersOf(app);
  return operationsOf(app).flatMap(({ path, verb, operation }) => {
    const [name = '', method = ''] = operation.operationId.split('.');
    const controller = controllers.get(name);
    const rule = controller ? ruleOf(controller, method) : undefined;
    return controller && rule
      ? [
          {
            path,
            verb,
            controller,
            method,
            rule,
            operation,
            ...argumentsOf(controller, method),
            mediaType: mediaTypeOf(controller, method),
          },
        ]
      : [];
  });
}

function preview(): Promise<NestFastifyApplication> {
  const module = AppModule.for(new Config(validateEnvironment(STAND_INS)), pino({ level: 'silent' }));
  const options = { preview: true, logger: false, abortOnError: false } as const;
  return NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), options);
}

/** Nobody reads them: no provider is made. */
const STAND_INS = {
  DATABASE_URL: 'postgres://preview/preview',
  REDIS_URL: 'redis://preview',
  MUSTER_JWT_SECRET: '-'.repeat(32),
  MUSTER_PHONE_KEY: Buffer.alloc(32).toString('base64'),
};

function controllersOf(app: NestFastifyApplication): Map<string, Class> {
  const modules = [...app.get(ModulesContainer).values()];
  const classes = modules.flatMap(({ controllers }) => [...controllers.values()].map(({ metatype }) => metatype));
  return new Map(classes.flatMap((found) => (typeof found === 'function' ? [[found.name, found as Class]] : [])));
}

function operationsOf(app: NestFastifyApplication): { path: string; verb: Verb; operation: Operation }[] {
  const operationIdFactory = (controller: string, method: string) => `${controller}.${method}`;
  const base = { openapi: '3.1.0', info: { title: '', version: '' } };
  const document = SwaggerModule.createDocument(app, base, { operationIdFactory });
  const { paths } = JSON.parse(JSON.stringify(document)) as { paths: Record<string, PathItem> };
  return Object.entries(paths).flatMap(([path, item]) =>
    VERBS.flatMap((verb) => (item[verb] ? [{ path, verb, operation: item[verb] }] : [])),
  );
}

function ruleOf(controller: Class, method: string): AccessRule | undefined {
  const places = [handlerOf(controller, method), controller];
  return places.map((place) => Reflect.getMetadata(ACCESS_RULE, place) as AccessRule | undefined).find(Boolean);
}

/** As `@Header('Content-Type', …)` says. */
function mediaTypeOf(controller: Class, method: string): string | null {
  const set = Reflect.getMetadata(HEADERS_METADATA, handlerOf(controller, method)) as HeaderSet[] | undefined;
  const value = set?.find(({ name }) => name.toLowerCase() === 'content-type')?.value;
  return typeof value === 'string' ? (value.split(';')[0] ?? null) : null;
}

interface HeaderSet {
  name: string;
  value: unknown;
}

function handlerOf(controller: Class, method: string): object {
  return Reflect.get(controller.prototype as object, method) as object;
}

interface Argument {
  index: number;
  data?: unknown;
  pipes: unknown[];
}

/** Nest keeps a handler's decorated parameters as `KIND:INDEX → argument`. */
function argumentsOf(controller: Class, method: string): Pick<Route, 'query' | 'body' | 'ids' | 'headers'> {
  const known: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {};
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, method) ?? []) as Class[];
  const all = Object.entries(known as Record<string, Argument>);
  const of = (kind: RouteParamtypes) =>
    all.filter(([key]) => key.startsWith(`${kind}:`)).map(([, argument]) => argument);
  const classOf = (kind: RouteParamtypes) =>
    of(kind)
      .filter(({ data }) => data === undefined)
      .map(({ index }) => types[index]);
  const names = (found: Argument[]) => found.map(({ data }) => (typeof data === 'string' ? data : ''));
  return {
    query: described(classOf(RouteParamtypes.QUERY)[0]),
    body: described(classOf(RouteParamtypes.BODY)[0]),
    ids: new Set(names(of(RouteParamtypes.PARAM).filter(({ pipes }) => pipes.some(isIdPipe)))),
    headers: names(of(RouteParamtypes.HEADERS)).map((name) => name.toLowerCase()),
  };
}

function described(type: Class | undefined): Class | null {
  return type && type !== Object && type !== Array ? type : null;
}

function isIdPipe(pipe: unknown): boolean {
  return pipe instanceof ParseUUIDPipe;
}
