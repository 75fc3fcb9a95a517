/** The console in a real browser against a real node: `npm run test:browser`. */
import base from '../jest.config.mjs';

const { testMatch: _, displayName: __, ...project } = base.projects.find(({ displayName }) => displayName === 'e2e');

export default {
  ...project,
  rootDir: base.rootDir,
  // One browser at a time: several on few cores make each other slow, and slow pages look broken.
  maxWorkers: 1,
  testTimeout: 120_000,
  testMatch: ['<rootDir>/test/browser/**/*.spec.ts'],
  reporters: base.reporters,
};
