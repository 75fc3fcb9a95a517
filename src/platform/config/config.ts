import type { Environment, LogLevel, Role } from './environment.js';
import { defaultNodeId } from './read-environment.js';

/** The settings of this process, as the code uses them. */
export class Config {
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly roles: ReadonlySet<Role>;
  readonly demo: boolean;
  readonly adminEmail: string;
  readonly adminPassword: string | null;
  readonly jwtSecret: string;
  /** 32 bytes; keys for encryption and for the blind index are derived from it. */
  readonly phoneKey: Buffer;
  readonly whatsappAppSecret: string | null;
  readonly whatsappVerifyToken: string | null;
  readonly tickMs: number;
  readonly corsOrigins: readonly string[];
  readonly trustProxy: string | null;
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'pretty';
  readonly nodeId: string;
  readonly redisPrefix: string;
  /** Seconds an access token lives. */
  readonly accessTokenSeconds = 900;
  /** Milliseconds a session lives without being refreshed. */
  readonly sessionMs = 30 * 24 * 3600 * 1000;
  /** Milliseconds a node's lease lives without being renewed. */
  readonly leaseMs = 3_000;
  /** Milliseconds an agent stays connected after an unclean loss. */
  readonly presenceGraceMs = 10_000;

  constructor(environment: Environment) {
    this.port = environment.PORT;
    this.host = environment.HOST;
    this.databaseUrl = environment.DATABASE_URL;
    this.redisUrl = environment.REDIS_URL;
    this.roles = new Set(environment.MUSTER_ROLES);
    this.demo = environment.MUSTER_DEMO;
    this.adminEmail = environment.MUSTER_ADMIN_EMAIL ?? (this.demo ? 'admin@demo.muster.local' : 'admin@muster.local');
    this.adminPassword = environment.MUSTER_ADMIN_PASSWORD ?? null;
    this.jwtSecret = environment.MUSTER_JWT_SECRET;
    this.phoneKey = Buffer.from(environment.MUSTER_PHONE_KEY, 'base64');
    this.whatsappAppSecret = environment.MUSTER_WHATSAPP_APP_SECRET ?? null;
    this.whatsappVerifyToken = environment.MUSTER_WHATSAPP_VERIFY_TOKEN ?? null;
    this.tickMs = environment.MUSTER_TICK_MS;
    this.corsOrigins = environment.CORS_ORIGINS;
    this.trustProxy = environment.TRUST_PROXY ?? null;
    this.logLevel = environment.LOG_LEVEL;
    this.logFormat = environment.LOG_FORMAT;
    this.nodeId = environment.MUSTER_NODE_ID ?? defaultNodeId(environment.PORT);
    this.redisPrefix = environment.MUSTER_REDIS_PREFIX;
  }
}
