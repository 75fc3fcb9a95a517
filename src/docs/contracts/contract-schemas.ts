import { join } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';
import { PERMISSIONS } from '#contracts';
import { type JsonSchema, ref, type Schemas, visitSchemas } from '../json-schema.js';
import type { Sources } from '../sources/sources.js';

/** What the types of libs/contracts can't say by themselves. */
const REFINEMENTS: Schemas = {
  Id: { format: 'uuid', examples: ['01938e2a-7c1b-7b3e-9f4d-2a6c8e0b1d35'] },
  Timestamp: { format: 'date-time', examples: ['2026-11-23T10:15:30.123Z'] },
  Permission: { type: 'string', enum: [...PERMISSIONS], examples: ['inbox.reply'] },
};

/** Every other number on the wire is whole. A `value` is that of a threshold, which may be a ratio. */
const FRACTIONS = new Set([
  'ratio',
  'value',
  'presentShare',
  'occupancy',
  'concurrency',
  'interactionsPerAvailableHour',
]);

/**
 * The types that libs/contracts exports, by name, with their docstrings. Objects are closed, as the types say; whoever
 * describes answers opens them, for clients must bear what is added later.
 */
export function contractSchemas(root: string, sources: Sources): Schemas {
  const { definitions = {} } = createGenerator({
    path: join(root, 'libs/contracts/src/index.ts'),
    tsconfig: join(root, 'tsconfig.json'),
    additionalProperties: false,
    // The type check is a command of its own, with the compiler that the product is built with.
    skipTypeCheck: true,
  }).createSchema('*');
  const schemas = JSON.parse(JSON.stringify(definitions)) as Schemas;
  for (const [name, schema] of Object.entries(schemas)) {
    visitSchemas(schema, refine);
    Object.assign(schema, REFINEMENTS[name], { description: describe(name, schema, sources) });
  }
  return schemas;
}

/** Lets objects have members that aren't named: what was made for answers. */
export function opened(schemas: Schemas): Schemas {
  const copy = structuredClone(schemas);
  for (const schema of Object.values(copy)) visitSchemas(schema, open);
  return copy;
}

function open(schema: JsonSchema): void {
  if (schema.additionalProperties === false) delete schema.additionalProperties;
}

function refine(schema: JsonSchema, property: string | null): void {
  const name = schema.$ref?.match(/^#\/definitions\/(.+)$/)?.[1];
  if (name) Object.assign(schema, ref(name));
  const types = [schema.type ?? []].flat();
  if (!types.includes('number') || FRACTIONS.has(property ?? '')) return;
  const whole = types.map((type) => (type === 'number' ? 'integer' : type));
  schema.type = whole.length === 1 ? whole[0] : whole;
}

/** The type's docstring, and those of its values as a list. */
function describe(name: string, schema: JsonSchema, sources: Sources): string | undefined {
  const values = sources.values(name).map(({ value, doc }) => `- \`${value}\`: ${doc}`);
  return [schema.description, values.join('\n')].filter(Boolean).join('\n\n') || undefined;
}
