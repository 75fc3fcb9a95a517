import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { RunningServer } from '../support/server.js';
import { accept, type IngestBody } from './accept.js';

/** Express alone, through the thin layer Nest has over it: parses the JSON and answers. */
export async function start(): Promise<RunningServer> {
  const express = new ExpressAdapter();
  express.disable('etag');
  express.useBodyParser('json', false, { limit: '3mb' });
  express.post('/api/v1/interactions', (request: { body: IngestBody }, response: object) =>
    express.reply(response, accept(request.body), 202),
  );
  express.initHttpServer({});
  const server = express.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => void (await express.close());
  return { port: (server.address() as AddressInfo).port, close };
}
