/** JSON Schema as far as the documents use it: OpenAPI 3.1 and AsyncAPI 3 both take it as it is. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  [keyword: string]: unknown;
}

/** Schemas by name, as they stand under `components.schemas`. */
export type Schemas = Record<string, JsonSchema>;

const COMPONENT = '#/components/schemas/';

/** A reference to the component of this name. */
export function ref(name: string): { $ref: string } {
  return { $ref: `${COMPONENT}${name}` };
}

/** The name of the component that `schema` refers to; null when it is written out. */
export function refName(schema: JsonSchema | undefined): string | null {
  return schema?.$ref?.startsWith(COMPONENT) ? schema.$ref.slice(COMPONENT.length) : null;
}

/** Changes a schema and all that is written out in it, in place. `visit` also learns under which property it stands. */
export function visitSchemas(
  schema: JsonSchema,
  visit: (schema: JsonSchema, property: string | null) => void,
  property: string | null = null,
): void {
  visit(schema, property);
  for (const [name, child] of Object.entries(schema.properties ?? {})) visitSchemas(child, visit, name);
  const { items, additionalProperties, anyOf = [], oneOf = [] } = schema;
  const others = [items, additionalProperties, ...anyOf, ...oneOf];
  for (const child of others) if (typeof child === 'object') visitSchemas(child, visit, property);
}

/** Those of `schemas` that `root` mentions, directly or through others, sorted by name. An unknown name is an error. */
export function reachableFrom(root: unknown, schemas: Schemas): Schemas {
  const found = new Set<string>();
  const queue = [...namesIn(root)];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue;
    const schema = schemas[name];
    if (!schema) throw new Error(`No exported type of libs/contracts is called ${name}.`);
    found.add(name);
    queue.push(...namesIn(schema));
  }
  return Object.fromEntries([...found].toSorted().map((name) => [name, schemas[name] ?? {}]));
}

function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = refName(value as JsonSchema);
  return [...(own ? [own] : []), ...Object.values(value).flatMap(namesIn)];
}
