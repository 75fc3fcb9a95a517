/** What the build of the console adds to what Vite does. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * Names the given chunks in the page, so that the browser fetches them beside the first and not after it.
 *
 * @param {string[]} names
 * @returns {import('vite').Plugin}
 */
export function preloaded(...names) {
  return {
    name: 'muster:preloaded',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle = {} }) =>
        Object.values(bundle)
          .filter((file) => file.type === 'chunk' && file.isDynamicEntry && names.includes(file.name))
          .map(({ fileName }) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `/console/${fileName}` },
            injectTo: /** @type {const} */ ('head'),
          })),
    },
  };
}

/**
 * Lays a compressed copy beside every file, which the application serves to whoever takes it.
 *
 * @returns {import('vite').Plugin}
 */
export function compressed() {
  return {
    name: 'muster:compressed',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const names = Object.keys(bundle).filter((name) => /\.(js|css|html|svg)$/.test(name));
      await Promise.all(names.map((name) => compress(join(dir, name))));
    },
  };
}

/** @param {string} path */
async function compress(path) {
  await writeFile(`${path}.gz`, gzipSync(await readFile(path), { level: 9 }));
}
