import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

interface SchemaReference {
  $ref: string;
}

const EFFECT: SchemaReference = { $ref: '#/components/schemas/DryRunAnswer' };

interface MediaType {
  schema: { type: string };
}

interface ReturnsOptions {
  status?: number;
  list?: boolean;
  /** The media type in which all items can be had, one a line, instead of a page. */
  stream?: string;
  /** Whether it can be had as a CSV file too. */
  csv?: boolean;
  description?: string;
  /** Whether the route can be rehearsed with `?dryRun=true`. */
  dryRun?: boolean;
}

/** What a route answers on success: the contract's type by name, for the status and for OpenAPI. */
export function Returns(type: string | null, options: ReturnsOptions = {}) {
  const status = options.status ?? (type ? 200 : 204);
  const description = options.description ?? 'Done.';
  if (!type) return applyDecorators(HttpCode(status), ApiResponse({ status, description }));
  const item = { $ref: `#/components/schemas/${type}` };
  const schema = options.list ? listOf(item) : item;
  const stream = options.stream ? { [options.stream]: { schema: item } } : {};
  const file: Record<string, MediaType> = options.csv ? { 'text/csv': { schema: { type: 'string' } } } : {};
  if (options.dryRun) return rehearsable(status, item);
  return applyDecorators(
    HttpCode(status),
    ApiResponse({ status, description, content: { 'application/json': { schema }, ...stream, ...file } }),
  );
}

/** The answer, or that of a dry run, which is always 200. */
function rehearsable(status: number, item: SchemaReference) {
  const answer = (of: number, schema: object, description: string) =>
    ApiResponse({ status: of, description, content: { 'application/json': { schema } } });
  if (status !== 200) {
    return applyDecorators(
      HttpCode(status),
      answer(status, item, 'Done.'),
      answer(200, EFFECT, 'With `dryRun`: what the call would do.'),
    );
  }
  const either = { anyOf: [item, EFFECT] };
  return applyDecorators(HttpCode(200), answer(200, either, 'Done; or with `dryRun` what the call would do.'));
}

function listOf(items: { $ref: string }) {
  return {
    type: 'object',
    required: ['data', 'page'],
    properties: {
      data: { type: 'array', items },
      page: {
        type: 'object',
        required: ['next', 'hasMore'],
        properties: {
          next: {
            type: ['string', 'null'] as unknown as string,
            description: 'Pass it as `cursor` for the next page.',
          },
          hasMore: { type: 'boolean' },
        },
      },
    },
  };
}
