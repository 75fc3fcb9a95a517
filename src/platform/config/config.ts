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
  /** Former secrets: what they signed is still good, and they sign nothing. */
  readonly oldJwtSecrets: readonly string[];
  /** 32 bytes; keys for encryption and for the blind index are derived from it. */
  readonly phoneKey: Buffer;
  readonly whatsappAppSecret: string | null;
  readonly whatsappVerifyToken: string | null;
  /** Messages that are sent from one number of ours in a second. */
  readonly whatsappMessagesPerSecond: number;
  /** Customer numbers that one agent may have revealed in an hour. */
  readonly revealsPerHour: number;
  /** How long a revealed number may be shown. */
  readonly revealSeconds: number;
  /** Whether what is entered as an address to call may be on this machine. */
  readonly outgoingLoopback: boolean;
  /** `smtp://…`, `smtps://…` or `log:`; null: no mail. */
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  /** Where people reach Muster. */
  readonly publicUrl: string;
  /** Wrong passwords after which an account has to wait, and those after which an address has to. */
  readonly loginFailures: number;
  readonly loginFailuresPerAddress: number;
  /** Seconds in which they are counted, and of the first wait. */
  readonly loginLockSeconds: number;
  /** Mails with which the password of one account can be reset. */
  readonly resetsPerHour: number;
  /** HTTP requests and socket events of one credential to one node. */
  readonly callsPerSecond: number;
  /** Open sockets of one credential on one node. */
  readonly socketsPerCredential: number;
  /** Sockets that one node authenticates at a time. */
  readonly handshakesAtOnce: number;
  readonly tickMs: number;
  /** Days of history that reports are made of. */
  readonly keepHistoryDays: number;
  /** Days of single interactions; null: for ever. */
  readonly keepInteractionsDays: number | null;
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
  /** Milliseconds in which a refresh token may be repeated when the answer was lost. */
  readonly refreshGraceMs = 30_000;
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
    this.oldJwtSecrets = environment.MUSTER_JWT_SECRETS_OLD?.split(/\s+/) ?? [];
    this.phoneKey = Buffer.from(environment.MUSTER_PHONE_KEY, 'base64');
    this.whatsappAppSecret = environment.MUSTER_WHATSAPP_APP_SECRET ?? null;
    this.whatsappVerifyToken = environment.MUSTER_WHATSAPP_VERIFY_TOKEN ?? null;
    this.whatsappMessagesPerSecond = environment.MUSTER_WHATSAPP_MESSAGES_PER_SECOND;
    this.revealsPerHour = environment.MUSTER_REVEALS_PER_HOUR;
    this.revealSeconds = environment.MUSTER_REVEAL_SECONDS;
    this.outgoingLoopback = environment.MUSTER_OUTGOING_LOOPBACK ?? this.demo;
    this.smtpUrl = environment.MUSTER_SMTP_URL ?? null;
    this.publicUrl = environment.MUSTER_PUBLIC_URL ?? `http://localhost:${environment.PORT}`;
    this.mailFrom = environment.MUSTER_MAIL_FROM ?? `Muster <muster@${new URL(this.publicUrl).hostname}>`;
    this.loginFailures = environment.MUSTER_LOGIN_FAILURES;
    this.loginFailuresPerAddress = environment.MUSTER_LOGIN_FAILURES_PER_ADDRESS;
    this.loginLockSeconds = environment.MUSTER_LOGIN_LOCK_SECONDS;
    this.resetsPerHour = environment.MUSTER_RESETS_PER_HOUR;
    this.callsPerSecond = environment.MUSTER_CALLS_PER_SECOND;
    this.socketsPerCredential = environment.MUSTER_SOCKETS_PER_CREDENTIAL;
    this.handshakesAtOnce = environment.MUSTER_HANDSHAKES_AT_ONCE;
    this.tickMs = environment.MUSTER_TICK_MS;
    this.keepHistoryDays = environment.MUSTER_KEEP_HISTORY_DAYS;
    this.keepInteractionsDays = environment.MUSTER_KEEP_INTERACTIONS_DAYS ?? null;
    this.corsOrigins = environment.CORS_ORIGINS;
    this.trustProxy = environment.TRUST_PROXY ?? null;
    this.logLevel = environment.LOG_LEVEL;
    this.logFormat = environment.LOG_FORMAT;
    this.nodeId = environment.MUSTER_NODE_ID ?? defaultNodeId(environment.PORT);
    this.redisPrefix = environment.MUSTER_REDIS_PREFIX;
  }
}
