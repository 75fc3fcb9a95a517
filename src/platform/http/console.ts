import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic, { type FastifyStaticOptions } from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Where the build puts the console, seen from this file's compiled and source places. */
const FOLDERS = ['../../../libs/console', '../../../dist/libs/console'].map((path) => join(import.meta.dirname, path));

/** Serves the web console at `/console`. A node built without it has none. */
export async function addConsole(server: FastifyInstance): Promise<void> {
  const root = FOLDERS.find((folder) => existsSync(join(folder, 'assets')));
  if (!root) return;
  await server.register(fastifyStatic, { root, prefix: '/console/', cacheControl: false, setHeaders: setCaching });
  server.get('/console', (_request, reply) => reply.redirect('/console/'));
  server.get('/', (_request, reply) => reply.redirect('/console/'));
}

/** Assets carry a hash in their name and never change; the page that names them is asked for each time. */
const setCaching: FastifyStaticOptions['setHeaders'] = (reply, path) => {
  const isHashed = path.includes(`${sep}assets${sep}`);
  void reply.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
};
