import type { ProblemCode } from '#contracts';
import { REFUSALS } from '../../platform/openapi/refuses.decorator.js';
import { type JsonSchema, ref, refName, type Schemas } from '../json-schema.js';
import type { Sources } from '../sources/sources.js';
import { operationId, summaryOf } from './naming.js';
import type { Content, Operation, Response } from './openapi.js';
import { parametersOf } from './parameters.js';
import { problemResponses, refusalsOf } from './problems.js';
import type { Route } from './routes.js';

/** A route as the reference describes it. */
export function operationOf(route: Route, schemas: Schemas, sources: Sources): Operation {
  const { operation, rule } = route;
  const { summary, description } = wordsOf(route, sources);
  const requestBody = bodyOf(route, schemas, sources);
  const complete = { ...route, operation: { ...operation, requestBody } };
  const refusals = refusalsOf(complete, namedRefusals(operation));
  const parameters = parametersOf(route, sources);
  return {
    operationId: operationId(route),
    tags: operation.tags,
    summary,
    description: [description, accessOf(route)].filter(Boolean).join('\n\n') || undefined,
    security: rule.kind === 'public' ? [] : [{ bearer: [] }],
    ...(rule.kind === 'permission' ? { 'x-permissions': rule.anyOf } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(requestBody ? { requestBody } : {}),
    responses: { ...successes(route, schemas), ...problemResponses(refusals) },
    'x-problems': [...new Set([...refusals.values()].flat())],
  };
}

/** A docstring of several paragraphs begins with the summary, unless a decorator gives it; one alone describes. */
function wordsOf(route: Route, sources: Sources): { summary: string; description: string | undefined } {
  const { summary } = route.operation;
  const doc = sources.memberDoc(route.controller.name, route.method);
  const [first = '', ...rest] = doc?.split(/\n\s*\n/) ?? [];
  if (summary || rest.length === 0) return { summary: summary || summaryOf(route), description: doc ?? undefined };
  return { summary: first.replace(/\.$/, ''), description: rest.join('\n\n') };
}

function accessOf({ rule }: Route): string {
  if (rule.kind === 'public') return 'Needs no credential.';
  if (rule.kind === 'authenticated') return 'Needs any good credential.';
  return `Needs the permission ${rule.anyOf.map((key) => `\`${key}\``).join(' or ')}.`;
}

function namedRefusals(operation: Operation): ProblemCode[] {
  return (operation as { [REFUSALS]?: ProblemCode[] })[REFUSALS] ?? [];
}

/** The body, by the type that the handler gives it, where that is one of the contract's. */
function bodyOf(route: Route, schemas: Schemas, sources: Sources): Operation['requestBody'] {
  const { requestBody } = route.operation;
  if (!requestBody) return undefined;
  const type = sources.bodyType(route.controller.name, route.method);
  if (type && schemas[type]) return { required: true, content: { 'application/json': { schema: ref(type) } } };
  return requestBody;
}

function successes({ operation, mediaType }: Route, schemas: Schemas): Record<string, Response> {
  const other = mediaType ? { [mediaType]: { schema: { type: 'string' } } } : undefined;
  const answers = Object.entries(operation.responses).map(([status, response]): [string, Response] => [
    status,
    success({ ...response, content: response.content ?? other }, schemas),
  ]);
  const [, done] = answers.find(([status, { content }]) => status === '200' && hasReceipt(content, schemas)) ?? [];
  const accepted = done && { ...done, description: 'As 200, while `receipt.enforcement` is still `pending`.' };
  return Object.fromEntries([...answers, ...(accepted ? [['202', accepted]] : [])]) as Record<string, Response>;
}

/** Whether the answer may say that rights were taken away. */
function hasReceipt(content: Content | undefined, schemas: Schemas): boolean {
  const answer = content?.['application/json']?.schema;
  const type = refName(answer?.anyOf?.[0] ?? answer);
  return JSON.stringify((type && schemas[type]) ?? {}).includes(JSON.stringify(ref('Receipt')).slice(1, -1));
}

function success({ description, content, ...rest }: Response, schemas: Schemas): Response {
  const answer = content?.['application/json']?.schema;
  const type = refName(answer?.anyOf?.[0] ?? answer);
  const schema = type ? schemas[type] : undefined;
  const isVersioned = schema?.required?.includes('version');
  return {
    ...rest,
    description: description && description !== 'Done.' ? description : describe(content, schema),
    ...(isVersioned ? { headers: { ETag: { $ref: '#/components/headers/ETag' } } } : {}),
    ...(content ? { content } : {}),
  };
}

/** What an answer is, where nobody said: the type's own words. */
function describe(content: Content | undefined, type: JsonSchema | undefined): string {
  if (!content) return 'Done; the answer is empty.';
  if (type) return type.description?.split('\n\n', 1)[0] ?? 'Done.';
  return content['application/json'] ? 'One page of the list.' : 'Done; the answer is text.';
}
