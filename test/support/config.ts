import { Config } from '../../src/platform/config/config.js';
import { validateEnvironment } from '../../src/platform/config/environment.js';
import { testServices } from './services.js';

/** The settings of a node that isn't started: for tests that make its parts by hand. */
export function testConfig(variables: Record<string, string> = {}): Config {
  const { databaseUrl, redisUrl } = testServices();
  return new Config(
    validateEnvironment({
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      MUSTER_JWT_SECRET: 'a-secret-that-only-the-tests-know-of',
      MUSTER_PHONE_KEY: Buffer.alloc(32, 7).toString('base64'),
      ...variables,
    }),
  );
}
