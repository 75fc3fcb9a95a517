/** Bundles the console into `dist/libs/console`, which the application serves at /console. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compressed, preloaded } from './build-plugins.mjs';

const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

const PACKAGES =
  'react|react-dom|scheduler|i18next|react-i18next|react-router|@tanstack/(query-core|react-query)|socket.io-.*|engine.io-.*';
const BASE = new RegExp(
  [
    `/node_modules/(${PACKAGES})/`,
    '/libs/(client|contracts)/',
    '/libs/console/src/(session|live)/',
    '/libs/console/src/i18n/(languages|words)',
    '/libs/console/src/design/(states|page|icon-button|format|presence|notify)',
    '/mantine-(context|provider|theme-provider)|/MantineProvider/|/DirectionProvider/|createReactComponent',
  ].join('|'),
);

export default defineConfig({
  root: at('.'),
  base: '/console/',
  plugins: [preloaded('workplace', 'floor-page'), compressed()],
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
      output: {
        // What every screen needs comes as one file: each little file is a request that the first picture waits for.
        codeSplitting: { groups: [{ name: 'base', test: BASE, minShareCount: 2 }] },
      },
      // Mantine marks its files for servers that render; here nothing does.
      onLog: (level, log, report) => log.code === 'MODULE_LEVEL_DIRECTIVE' || report(level, log),
    },
  },
});
