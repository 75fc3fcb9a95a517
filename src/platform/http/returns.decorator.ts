import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

/** What a route answers on success: the contract's type by name, for the status and for OpenAPI. */
export function Returns(type: string | null, options: { status?: number; list?: boolean; description?: string } = {}) {
  const status = options.status ?? (type ? 200 : 204);
  const description = options.description ?? 'Done.';
  if (!type) return applyDecorators(HttpCode(status), ApiResponse({ status, description }));
  const item = { $ref: `#/components/schemas/${type}` };
  const schema = options.list ? listOf(item) : item;
  return applyDecorators(
    HttpCode(status),
    ApiResponse({ status, description, content: { 'application/json': { schema } } }),
  );
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
