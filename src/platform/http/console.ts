import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic, { type FastifyStaticOptions } from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Where the build puts the console, seen from this file's compiled and source places. */
const FOLDERS = ['../../../libs/console', '../../../dist/libs/console'].map((path) => join(import.meta.dirname, path));

/**
 * Serves the web console at `/console`. A node built without it has none. Every address below it that isn't a file is a
 * screen of the one page, which knows its screens itself: a reload or a copied link finds its way back.
 */
export async function addConsole(server: FastifyInstance): Promise<void> {
  const root = FOLDERS.find((folder) => existsSync(join(folder, 'assets')));
  if (!root) return;
  // The build lays a compressed copy beside each file.
  const how = { serve: false, cacheControl: false, preCompressed: true, setHeaders: setCaching };
  await server.register(fastifyStatic, { root, ...how });
  server.get<{ Params: { '*': string } }>('/console/*', (request, reply) =>
    reply.sendFile(fileOf(request.params['*'])),
  );
  server.get('/console', (_request, reply) => reply.redirect('/console/'));
  server.get('/', (_request, reply) => reply.redirect('/console/'));
}

function fileOf(path: string): string {
  return /\.\w+$/.test(path) ? path : 'index.html';
}

/** Assets carry a hash in their name and never change; the page that names them is asked for each time. */
const setCaching: FastifyStaticOptions['setHeaders'] = (reply, path) => {
  const isHashed = path.includes(`${sep}assets${sep}`);
  void reply.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
};
