/** An AsyncAPI 3.0 document as far as this one goes. */
import type { JsonSchema, Schemas } from '../json-schema.js';

export interface Reference {
  $ref: string;
}

export interface Message {
  name: string;
  title: string;
  summary?: string;
  description?: string;
  payload: JsonSchema;
}

export interface Channel {
  address: string;
  title: string;
  description: string;
  messages: Record<string, Message>;
}

export interface AsyncOperation {
  action: 'send' | 'receive';
  channel: Reference;
  title: string;
  description?: string;
  messages: Reference[];
  reply?: { channel: Reference; messages: Reference[] };
}

export interface AsyncApi {
  asyncapi: string;
  info: { title: string; version: string; description: string; license: { name: string; url: string } };
  defaultContentType: string;
  servers: Record<string, object>;
  channels: Record<string, Channel>;
  operations: Record<string, AsyncOperation>;
  components: { schemas: Schemas; securitySchemes: Record<string, object> };
}
