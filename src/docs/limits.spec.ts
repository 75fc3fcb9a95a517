import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsUUID,
  Length,
  Max,
  Min,
} from 'class-validator';
import { limitsOf, withLimits } from './limits.js';

class Request {
  @Length(1, 100)
  name: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000)
  capacity?: number | null;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @IsUUID('all', { each: true })
  ids: string[];

  @IsOptional()
  @IsIn(['active', 'inactive'])
  status?: string;
}

describe('limits of a class', () => {
  it('are what its validators enforce', () => {
    expect(Object.fromEntries(limitsOf(Request))).toEqual({
      name: { optional: false, schema: { minLength: 1, maxLength: 100 } },
      capacity: { optional: true, schema: { type: 'integer', minimum: 0, maximum: 1_000 } },
      ids: {
        optional: false,
        schema: { type: 'array', minItems: 1, maxItems: 20, items: { type: 'string', format: 'uuid' } },
      },
      status: { optional: true, schema: { enum: ['active', 'inactive'] } },
    });
  });

  it('are added to what the type says, and change none of it', () => {
    const reference = { $ref: '#/components/schemas/Lifecycle' };
    const type = {
      type: 'object',
      properties: {
        capacity: { type: ['integer', 'null'], description: 'How many.' },
        ids: { type: 'array', items: { $ref: '#/components/schemas/Id' } },
        status: reference,
        other: { type: 'string' },
      },
    };
    expect(withLimits(type, limitsOf(Request)).properties).toEqual({
      capacity: { type: ['integer', 'null'], description: 'How many.', minimum: 0, maximum: 1_000 },
      ids: { type: 'array', minItems: 1, maxItems: 20, items: { $ref: '#/components/schemas/Id' } },
      status: reference,
      other: { type: 'string' },
    });
  });
});
