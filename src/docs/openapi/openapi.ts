/** An OpenAPI 3.1 document as far as this one goes. */
import type { JsonSchema, Schemas } from '../json-schema.js';

export const VERBS = ['get', 'post', 'put', 'patch', 'delete'] as const;
export type Verb = (typeof VERBS)[number];

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema: JsonSchema;
}

export interface Content {
  [mediaType: string]: { schema: JsonSchema };
}

export interface Header {
  description: string;
  schema: JsonSchema;
}

export interface Response {
  $ref?: string;
  description?: string;
  headers?: Record<string, Header | { $ref: string }>;
  content?: Content;
}

export interface Operation {
  operationId: string;
  tags?: string[];
  summary?: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; description?: string; content: Content };
  responses: Record<string, Response>;
  'x-permissions'?: string[];
  'x-problems'?: string[];
}

export type PathItem = Partial<Record<Verb, Operation>>;

export interface OpenApi {
  openapi: string;
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } };
  servers: { url: string; description: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, PathItem>;
  components: {
    securitySchemes: Record<string, object>;
    headers: Record<string, Header>;
    responses: Record<string, Response>;
    schemas: Schemas;
  };
}
