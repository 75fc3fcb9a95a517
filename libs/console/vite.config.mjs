/** Bundles the console into `dist/libs/console`, which the application serves at /console. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at('.'),
  base: '/console/',
  resolve: {
    alias: { '#client': at('../client/src/index.ts'), '#contracts': at('../contracts/src/index.ts') },
  },
  build: {
    outDir: at('../../dist/libs/console'),
    emptyOutDir: true,
    // Everything is a file of our own: the page must work under `default-src 'self'`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // Mantine marks its files for servers that render; here nothing does.
      onLog: (level, log, report) => log.code === 'MODULE_LEVEL_DIRECTIVE' || report(level, log),
    },
  },
});
