import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../../platform/version.js';
import { contractSchemas, opened } from '../contracts/contract-schemas.js';
import { type JsonSchema, reachableFrom, type Schemas } from '../json-schema.js';
import { limitsOf, withLimits } from '../limits.js';
import type { Sources } from '../sources/sources.js';
import { healthPaths } from './health-paths.js';
import { type Header, type OpenApi, type Operation, type PathItem, VERBS } from './openapi.js';
import { operationOf } from './operations.js';
import { sharedResponses } from './problems.js';
import { findRoutes, type Route } from './routes.js';
import { tagsOf } from './tags.js';
import { CHATWOOT_SCHEMAS } from './chatwoot-event.js';
import { WHATSAPP_SCHEMAS } from './whatsapp-delivery.js';

/** The prefix that `createApp` gives to every route of a controller. */
const PREFIX = 'api/v1';

/** The reference of the HTTP API, from the routes, the contract's types and the sources of `root`. */
export async function openApiDocument(root: string, sources: Sources): Promise<OpenApi> {
  const contract = { ...contractSchemas(root, sources), ...WHATSAPP_SCHEMAS, ...CHATWOOT_SCHEMAS };
  const routes = await findRoutes(PREFIX);
  const paths = { ...pathsOf(routes, contract, sources), ...healthPaths() };
  const operations = Object.values(paths).flatMap((item) => Object.values(item));
  const responses = sharedResponses();
  return {
    openapi: '3.1.0',
    info: {
      title: 'Muster',
      version,
      description: readFileSync(join(root, 'src/docs/openapi/introduction.md'), 'utf8').trim(),
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The installation that serves this document.' }],
    tags: tagsOf(operations, routes, sources),
    paths: sorted(paths),
    components: {
      securitySchemes: { bearer: BEARER },
      headers: HEADERS,
      responses,
      schemas: componentSchemas({ paths, responses }, operations, contract, routes),
    },
  };
}

function pathsOf(routes: Route[], schemas: Schemas, sources: Sources): Record<string, PathItem> {
  const paths: Record<string, PathItem> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.verb]: operationOf(route, schemas, sources) };
  }
  return paths;
}

/** Bodies are closed and limited as their validators are; everything else may gain members. */
function componentSchemas(used: object, operations: Operation[], contract: Schemas, routes: Route[]): Schemas {
  const limits = new Map(routes.flatMap(({ body }) => (body ? [[body.name, limitsOf(body)] as const] : [])));
  const bodies = operations.flatMap(({ requestBody }) => Object.values(requestBody?.content ?? {}));
  const closed = reachableFrom(bodies, contract);
  const limited = Object.entries(closed).map(([name, schema]): [string, JsonSchema] => {
    const limit = limits.get(name);
    return [name, limit ? withLimits(schema, limit) : schema];
  });
  return reachableFrom(used, { ...opened(contract), ...Object.fromEntries(limited) });
}

/** By path, and the verbs in the order of reading, creating, changing, deleting. */
function sorted(paths: Record<string, PathItem>): Record<string, PathItem> {
  const names = Object.keys(paths).toSorted();
  const item = (name: string) => VERBS.flatMap((verb) => (paths[name]?.[verb] ? [[verb, paths[name][verb]]] : []));
  return Object.fromEntries(names.map((name) => [name, Object.fromEntries(item(name)) as PathItem]));
}

const BEARER = {
  type: 'http',
  scheme: 'bearer',
  description: 'An access token of `POST /api/v1/auth/login` (lives 15 minutes), or an API key (`msk_…`).',
};

const HEADERS: Record<string, Header> = {
  ETag: { description: 'The version of what is shown, for `If-Match`.', schema: { type: 'string', examples: ['"3"'] } },
  'Retry-After': { description: 'Seconds after which to try again.', schema: { type: 'integer' } },
  'WWW-Authenticate': { description: 'Always `Bearer`.', schema: { type: 'string' } },
};
