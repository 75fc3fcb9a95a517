/**
 * What the validators of a DTO or query class promise, as JSON Schema, so that the documents state the limits that are
 * enforced and not a copy of them.
 */
import { getMetadataStorage } from 'class-validator';
import type { JsonSchema } from './json-schema.js';

/** A class, as decorators know it. */
export type Class = abstract new (...args: never[]) => object;

export interface Limits {
  schema: JsonSchema;
  optional: boolean;
}

type Translate = (first: unknown, second: unknown) => JsonSchema;

const TRANSLATIONS: Record<string, Translate> = {
  isString: () => ({ type: 'string' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isBoolean: () => ({ type: 'boolean' }),
  isArray: () => ({ type: 'array' }),
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  isEmail: () => ({ type: 'string', format: 'email' }),
  isUrl: () => ({ type: 'string', format: 'uri' }),
  isDateString: () => ({ type: 'string', format: 'date-time' }),
  isIso8601: () => ({ type: 'string', format: 'date-time' }),
  isIn: (values) => ({ enum: [...(values as unknown[])] }),
  min: (minimum) => ({ minimum }),
  max: (maximum) => ({ maximum }),
  isLength: (minLength, maxLength) => ({ minLength, maxLength }),
  minLength: (minLength) => ({ minLength }),
  maxLength: (maxLength) => ({ maxLength }),
  arrayMinSize: (minItems) => ({ minItems }),
  arrayMaxSize: (maxItems) => ({ maxItems }),
  arrayNotEmpty: () => ({ minItems: 1 }),
};

/** The limits of each validated property, in the order of the class. */
export function limitsOf(type: Class): Map<string, Limits> {
  const limits = new Map<string, Limits>();
  for (const metadata of getMetadataStorage().getTargetValidationMetadatas(type, '', false, false)) {
    const { propertyName, name = '', each } = metadata;
    const constraints: unknown[] | undefined = metadata.constraints;
    const known = limits.get(propertyName) ?? { schema: {}, optional: false };
    const found = TRANSLATIONS[name]?.(constraints?.[0], constraints?.[1]) ?? {};
    const schema = each ? { items: { ...known.schema.items, ...found } } : found;
    const optional = known.optional || name === 'isOptional';
    limits.set(propertyName, { schema: { ...known.schema, ...schema }, optional });
  }
  return limits;
}

/** `schema` with what `limits` adds to members that are written out; what the type says already stays. */
export function withLimits(schema: JsonSchema, limits: Map<string, Limits>): JsonSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    return [name, narrowed(property, limits.get(name)?.schema ?? {})];
  });
  return { ...schema, properties: Object.fromEntries(properties) as Record<string, JsonSchema> };
}

/** Enumerations are left to the type, which also knows whether null is among them. */
function narrowed(property: JsonSchema, { enum: _, items, ...limit }: JsonSchema): JsonSchema {
  if (property.$ref || property.anyOf) return property;
  const inner = property.items && items ? { items: narrowed(property.items, items) } : {};
  return { ...property, ...limit, ...property, ...inner };
}
