import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { Page } from '#contracts';
import { ProblemException, validationFailed } from '../errors/problem.exception.js';

/** Query parameters that every list understands. */
export class PageQuery {
  /** How many at most. */
  @ApiPropertyOptional({ minimum: 1, maximum: 200, default: 50, type: 'integer' })
  @IsOptional()
  @Type(() => Number)
  @Min(1)
  @Max(200)
  @IsInt()
  limit: number = 50;

  /** `page.next` of the page before. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  cursor?: string;

  /** Fields to sort by, comma-separated; `-` before one means descending. */
  @ApiPropertyOptional({ example: '-createdAt,name' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  sort?: string;

  /** Text to search for. */
  @ApiPropertyOptional()
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : value))
  @IsString()
  @MaxLength(200)
  q?: string;
}

export interface SortKey {
  field: string;
  descending: boolean;
}

/** Parses `-createdAt,name`; a field that is not in `allowed` is refused. */
export function parseSort(sort: string | undefined, allowed: readonly string[], fallback: string): SortKey[] {
  const keys = (sort || fallback).split(',').map((part) => {
    const descending = part.startsWith('-');
    return { field: descending ? part.slice(1) : part, descending };
  });
  const unknown = keys.find((key) => !allowed.includes(key.field));
  if (unknown) {
    const detail = `Can't sort by ${unknown.field}; choose from ${allowed.join(', ')}.`;
    throw validationFailed([{ pointer: '?sort', code: 'sort_unknown', detail }]);
  }
  return keys;
}

/** An opaque position: where a page ended, and under which sorting. */
export function encodeCursor(values: string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** The values of a cursor made by `encodeCursor`, each of its form; anything else is 400 `invalid_cursor`. */
export function decodeCursor(cursor: string, forms: RegExp[]): string[] {
  const values = parse(cursor);
  const fits = (value: unknown, index: number) => typeof value === 'string' && forms[index]?.test(value);
  if (Array.isArray(values) && values.length === forms.length && values.every(fits)) return values as string[];
  throw new ProblemException('invalid_cursor', 'Pass `next` of the answer before, with the same sort, unchanged.');
}

/** A page from rows of which one more than `limit` was asked for. */
export function toPage<Row, View>(
  rows: Row[],
  limit: number,
  view: (row: Row) => View,
  cursorOf: (row: Row) => string[],
): Page<View> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  return { data: shown.map(view), page: { next: hasMore && last ? encodeCursor(cursorOf(last)) : null, hasMore } };
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
