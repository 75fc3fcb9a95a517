import { Config } from '../../../src/platform/config/config.js';
import { validateEnvironment } from '../../../src/platform/config/environment.js';

/** Where a node of the product under measurement keeps its data. */
export interface ProductOptions {
  databaseUrl: string;
  redisUrl: string;
  /** Variables that differ from the benchmarks' usual ones. */
  variables?: Record<string, string>;
}

/** The configuration of a node: as in production, except that it logs warnings only. */
export function productConfig({ databaseUrl, redisUrl, variables }: ProductOptions): Config {
  return new Config(
    validateEnvironment({
      PORT: '0',
      HOST: '127.0.0.1',
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      MUSTER_REDIS_PREFIX: new URL(databaseUrl).pathname.slice(1),
      MUSTER_NODE_ID: `bench-${process.pid}`,
      MUSTER_JWT_SECRET: 'a-secret-that-only-the-benchmarks-know',
      MUSTER_PHONE_KEY: Buffer.alloc(32, 7).toString('base64'),
      MUSTER_ADMIN_EMAIL: 'admin@example.com',
      MUSTER_ADMIN_PASSWORD: 'correct-horse-battery',
      LOG_LEVEL: 'warn',
      ...variables,
    }),
  );
}
