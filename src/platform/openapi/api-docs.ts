/**
 * The reference at run time: `/openapi.json` and `/asyncapi.json` as they are committed, and a page over the first at
 * `/api/docs`. Everything the page loads comes from here; a node whose folder lacks the documents does not start.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { productFolder } from './product-file.js';
import { PAGE, SCRIPT, STYLE } from './reference-page.js';

/** What the page needs of Swagger UI. */
const ASSETS = ['/swagger-ui.css', '/swagger-ui-bundle.js', '/favicon-32x32.png'];

/** Adds the routes of the reference. */
export async function addApiDocs(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  const serve = (path: string, type: string, body: string) => {
    server.get(path, (_request, reply) => reply.header('Cache-Control', 'no-cache').type(type).send(body));
  };
  for (const name of ['openapi.json', 'asyncapi.json']) {
    serve(`/${name}`, 'application/json; charset=utf-8', committed(name));
  }
  serve('/api/docs', 'text/html; charset=utf-8', PAGE);
  serve('/api/docs/page.js', 'text/javascript; charset=utf-8', SCRIPT);
  serve('/api/docs/page.css', 'text/css; charset=utf-8', STYLE);
  server.get('/api/docs/', (_request, reply) => reply.redirect('/api/docs'));
  await app.register(fastifyStatic, {
    root: swaggerUi(),
    prefix: '/api/docs/assets/',
    allowedPath: (path) => ASSETS.includes(path),
    decorateReply: false,
    index: false,
  });
}

function committed(name: string): string {
  const path = join(productFolder(), name);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  throw new Error(`${name} is missing beside package.json; \`npm run docs:contracts\` writes it.`);
}

/** The copy that @nestjs/swagger brings along. */
function swaggerUi(): string {
  const swagger = createRequire(import.meta.url).resolve('@nestjs/swagger');
  return dirname(createRequire(swagger).resolve('swagger-ui-dist/package.json'));
}
