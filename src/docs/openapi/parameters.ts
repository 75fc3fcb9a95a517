import type { JsonSchema } from '../json-schema.js';
import { type Class, limitsOf } from '../limits.js';
import type { Sources } from '../sources/sources.js';
import { nounOfParameter } from './naming.js';
import type { Parameter } from './openapi.js';
import { isKeyed, type Route } from './routes.js';

/** Request headers with a meaning of their own, by their name in lower case. */
const HEADERS: Record<string, Parameter> = {
  'if-match': {
    name: 'If-Match',
    in: 'header',
    description: 'The `ETag` of the version you changed. Refused with `stale_version` when it is no longer current.',
    schema: { type: 'string', examples: ['"3"'] },
  },
  'x-hub-signature-256': {
    name: 'X-Hub-Signature-256',
    in: 'header',
    required: true,
    description: 'HMAC-SHA256 of the raw body under the app secret, as Meta computes it.',
    schema: { type: 'string', pattern: '^sha256=[0-9a-f]{64}$' },
  },
  'idempotency-key': {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Any text that is new for each intent. Repeating the request with it within 24 hours has no second effect: it gets ' +
      'the same answer again, with `Idempotency-Replayed: true`.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
};

/** The parameters of a route: of its path, of its query as validated, and the headers it reads. */
export function parametersOf(route: Route, sources: Sources): Parameter[] {
  const declared = route.operation.parameters ?? [];
  const path = declared.filter((each) => each.in === 'path').map((each) => pathParameter(route, each));
  const loose = declared.filter((each) => each.in === 'query' && !route.query).map(told);
  const names = isKeyed(route) ? [...route.headers, 'idempotency-key'] : route.headers;
  const headers = names.flatMap((name) => HEADERS[name] ?? []);
  return [...path, ...(route.query ? queryParameters(route.query, declared, sources) : loose), ...headers];
}

function pathParameter(route: Route, declared: Parameter): Parameter {
  const noun = nounOfParameter(route.path, declared.name);
  const description = declared.description ?? `Which ${noun}: its id.`;
  const schema = route.ids.has(declared.name) ? { type: 'string', format: 'uuid' } : declared.schema;
  return { name: declared.name, in: 'path', required: true, description, schema };
}

/** One for each validated property; what @nestjs/swagger was told about it (defaults, examples) is added. */
function queryParameters(query: Class, declared: Parameter[], sources: Sources): Parameter[] {
  return [...limitsOf(query)].map(([name, { schema, optional }]) => {
    const told = declared.find((each) => each.in === 'query' && each.name === name);
    return {
      name,
      in: 'query',
      required: !optional && told?.required !== false,
      description: docOf(query, name, sources) ?? told?.description,
      schema: modern({ ...schema, ...told?.schema }),
    };
  });
}

/** The docstring of a property, from the class or one that it extends. */
function docOf(type: Class, property: string, sources: Sources): string | undefined {
  for (let each: unknown = type; typeof each === 'function' && each.name; each = Object.getPrototypeOf(each)) {
    const doc = sources.memberDoc(each.name, property);
    if (doc) return doc;
  }
  return undefined;
}

/** A parameter that only its decorator describes. */
function told(parameter: Parameter & { example?: unknown }): Parameter {
  const { example, schema, ...rest } = parameter;
  return { ...rest, schema: modern({ example, ...schema }) };
}

/** `example` is what OpenAPI 3.1 calls `examples`. */
function modern({ example, ...schema }: JsonSchema): JsonSchema {
  return example === undefined ? schema : { ...schema, examples: [example] };
}
