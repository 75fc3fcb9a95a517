import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

/** What a route sends piece by piece: its media type and, for lines of JSON, the contract's type of a line. */
export function Streams(mediaType: string, options: { line?: string; description: string }) {
  const schema = options.line ? { $ref: `#/components/schemas/${options.line}` } : { type: 'string' };
  const content = { [mediaType]: { schema } };
  return applyDecorators(HttpCode(200), ApiResponse({ status: 200, description: options.description, content }));
}
