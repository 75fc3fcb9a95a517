/**
 * All fast suites: `npm test`. Sources run as they are (SWC, native ES modules); the projects share one PostgreSQL and
 * one Redis, started for the run by `global-setup.ts`. One suite: `npm test -- --selectProjects unit`.
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

const rootDir = dirname(import.meta.dirname);
const read = (name) => JSON.parse(readFileSync(`${rootDir}/${name}`, 'utf8'));
const { $schema, ...swc } = read('.swcrc');

/** The libraries by their names of package.json's `imports`, from source. */
const libraries = Object.keys(read('package.json').imports).map((name) => [
  `^${name}$`,
  `<rootDir>/libs/${name.slice(1)}/src/index.ts`,
]);

const common = {
  rootDir,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false, sourceMaps: 'inline', module: { type: 'nodenext' } }],
  },
  // Its ES modules import JSON without an attribute, of which Jest warns at each import.
  moduleNameMapper: {
    '^libphonenumber-js$': '<rootDir>/node_modules/libphonenumber-js/index.cjs',
    ...Object.fromEntries(libraries),
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.muster/'],
  setupFiles: ['<rootDir>/test/setup.ts'],
};

const withServices = {
  ...common,
  globalSetup: '<rootDir>/test/global-setup.ts',
  globalTeardown: '<rootDir>/test/global-teardown.ts',
};

export default {
  rootDir,
  maxWorkers: 2,
  testTimeout: 120_000,
  reporters: ['default', '<rootDir>/test/support/summary.reporter.mjs'],
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['src', 'libs/**/src', 'test/faults'].map((folder) => `<rootDir>/${folder}/**/*.spec.ts`),
    },
    { ...common, displayName: 'architecture', testMatch: ['<rootDir>/test/architecture.spec.ts'] },
    { ...withServices, displayName: 'integration', testMatch: ['<rootDir>/test/integration/**/*.spec.ts'] },
    { ...withServices, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'] },
  ],
};
