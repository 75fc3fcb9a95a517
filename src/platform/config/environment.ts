import { plainToInstance, Transform } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsEmail,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  Length,
  Matches,
  Max,
  Min,
  MinLength,
  validateSync,
} from 'class-validator';
import { IsDatabaseUrl, IsMailUrl, IsOrigin, IsProxies, IsRedisUrl } from './setting.validators.js';

export type Role = 'api' | 'worker';
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

const asInt = Transform(({ value }) => (/^\d+$/.test(String(value)) ? Number(value) : value));
const asList = Transform(({ value }) =>
  String(value)
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);
const asSwitch = Transform(({ value }) => (value === 'on' ? true : value === 'off' ? false : value));
const THIRTY_TWO_BYTES = /^[A-Za-z0-9+/]{43}=$/;
const ROLES = { message: '`api`, `worker`, or both separated by a comma' };
const PORT_NUMBER = { message: 'a port number, 0 to 65535' };
const REVEALS = { message: 'a whole number from 1 to 100000' };
const REVEAL_SECONDS = { message: 'a whole number from 5 to 3600' };
const TICK = { message: 'milliseconds, 10 to 1000' };
const PER_ACCOUNT = { message: 'a number of wrong passwords, 1 to 1000' };
const PER_ADDRESS = { message: 'a number of wrong passwords, 1 to 1000000' };
const LOCK = { message: 'seconds, 1 to 86400' };
const RESETS = { message: 'a number of mails, 1 to 1000' };
const CALLS = { message: 'calls a second, 1000 to 10000000' };
const SOCKETS = { message: 'a number of sockets, 100 to 1000000' };
const HANDSHAKES = { message: 'a number of handshakes, 1 to 10000' };
const MESSAGES = { message: 'messages a second, 1 to 1000' };
const DAYS = { message: 'days, 31 to 36500' };
const NAME = { message: '1 to 64 letters, digits, dots, dashes or underscores' };

/**
 * The configuration of one process, read once from the environment and validated as a whole.
 * Property names are the variables' names; each message says what is expected, never the value.
 */
export class Environment {
  @asInt
  @IsInt(PORT_NUMBER)
  @Min(0, PORT_NUMBER)
  @Max(65_535, PORT_NUMBER)
  PORT = 3000;

  @Matches(/^[\w.:%-]+$/, { message: 'an address of this machine to listen on, for example 127.0.0.1' })
  HOST = '0.0.0.0';

  @IsDatabaseUrl({
    message: 'a URL like postgres://user:password@host:5432/database, special characters of the password as %XX',
  })
  DATABASE_URL: string;

  @IsRedisUrl({ message: 'a URL like redis://host:6379, rediss://user:password@host:6379 or unix:///path/to/socket' })
  REDIS_URL: string;

  @asList
  @ArrayNotEmpty(ROLES)
  @IsIn(['api', 'worker'], { each: true, ...ROLES })
  MUSTER_ROLES: Role[] = ['api', 'worker'];

  @IsNotEmpty({ message: 'the path of a folder' })
  MUSTER_DATA_DIR = '.muster';

  @asSwitch
  @IsIn([true, false], { message: '`on` or `off`' })
  MUSTER_DEMO = false;

  @IsOptional()
  @IsEmail({ require_tld: false }, { message: 'an e-mail address' })
  MUSTER_ADMIN_EMAIL?: string;

  @IsOptional()
  @Length(10, 200, { message: '10 to 200 characters' })
  MUSTER_ADMIN_PASSWORD?: string;

  @MinLength(32, { message: 'at least 32 characters; make one with: openssl rand -base64 48' })
  MUSTER_JWT_SECRET: string;

  @IsOptional()
  @Matches(/^\S{32,}(\s+\S{32,})*$/, {
    message: 'earlier values of MUSTER_JWT_SECRET, each of at least 32 characters, with spaces or line breaks between',
  })
  MUSTER_JWT_SECRETS_OLD?: string;

  @Matches(THIRTY_TWO_BYTES, { message: '32 bytes in base64; make one with: openssl rand -base64 32' })
  MUSTER_PHONE_KEY: string;

  @IsOptional()
  @MinLength(1, { message: "Meta's app secret" })
  MUSTER_WHATSAPP_APP_SECRET?: string;

  @IsOptional()
  @MinLength(1, { message: 'the token entered at Meta' })
  MUSTER_WHATSAPP_VERIFY_TOKEN?: string;

  @IsOptional()
  @asSwitch
  @IsIn([true, false], { message: '`on` or `off`' })
  MUSTER_OUTGOING_LOOPBACK?: boolean;

  @asInt
  @IsInt(MESSAGES)
  @Min(1, MESSAGES)
  @Max(1_000, MESSAGES)
  MUSTER_WHATSAPP_MESSAGES_PER_SECOND = 80;

  @asInt
  @IsInt(REVEALS)
  @Min(1, REVEALS)
  @Max(100_000, REVEALS)
  MUSTER_REVEALS_PER_HOUR = 60;

  @asInt
  @IsInt(REVEAL_SECONDS)
  @Min(5, REVEAL_SECONDS)
  @Max(3_600, REVEAL_SECONDS)
  MUSTER_REVEAL_SECONDS = 60;

  @asInt
  @IsInt(TICK)
  @Min(10, TICK)
  @Max(1000, TICK)
  MUSTER_TICK_MS = 100;

  @asList
  @IsOrigin({
    each: true,
    message: 'origins like https://inbox.example.com (scheme, host and port, nothing behind them), comma-separated',
  })
  CORS_ORIGINS: string[] = [];

  @IsOptional()
  @IsProxies({ message: 'a number of proxies, `true`, or their addresses like 10.0.0.0/8, comma-separated' })
  TRUST_PROXY?: string;

  @IsOptional()
  @IsMailUrl({ message: 'a URL like smtp://user:password@host:587 or smtps://host:465, or `log:`' })
  MUSTER_SMTP_URL?: string;

  @IsOptional()
  @IsEmail(
    { allow_display_name: true, require_tld: false },
    { message: 'an e-mail address, or one like Muster <muster@example.com>' },
  )
  MUSTER_MAIL_FROM?: string;

  @IsOptional()
  @IsOrigin({
    message: 'where people reach Muster, like https://muster.example.com (nothing behind the host and port)',
  })
  MUSTER_PUBLIC_URL?: string;

  @asInt
  @IsInt(PER_ACCOUNT)
  @Min(1, PER_ACCOUNT)
  @Max(1_000, PER_ACCOUNT)
  MUSTER_LOGIN_FAILURES = 10;

  @asInt
  @IsInt(PER_ADDRESS)
  @Min(1, PER_ADDRESS)
  @Max(1_000_000, PER_ADDRESS)
  MUSTER_LOGIN_FAILURES_PER_ADDRESS = 100;

  @asInt
  @IsInt(LOCK)
  @Min(1, LOCK)
  @Max(86_400, LOCK)
  MUSTER_LOGIN_LOCK_SECONDS = 900;

  @asInt
  @IsInt(RESETS)
  @Min(1, RESETS)
  @Max(1_000, RESETS)
  MUSTER_RESETS_PER_HOUR = 5;

  @asInt
  @IsInt(CALLS)
  @Min(1_000, CALLS)
  @Max(10_000_000, CALLS)
  MUSTER_CALLS_PER_SECOND = 10_000;

  @asInt
  @IsInt(SOCKETS)
  @Min(100, SOCKETS)
  @Max(1_000_000, SOCKETS)
  MUSTER_SOCKETS_PER_CREDENTIAL = 10_000;

  @asInt
  @IsInt(HANDSHAKES)
  @Min(1, HANDSHAKES)
  @Max(10_000, HANDSHAKES)
  MUSTER_HANDSHAKES_AT_ONCE = 64;

  @asInt
  @IsInt(DAYS)
  @Min(31, DAYS)
  @Max(36_500, DAYS)
  MUSTER_KEEP_HISTORY_DAYS = 400;

  @IsOptional()
  @asInt
  @IsInt(DAYS)
  @Min(31, DAYS)
  @Max(36_500, DAYS)
  MUSTER_KEEP_INTERACTIONS_DAYS?: number;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    message: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`',
  })
  LOG_LEVEL: LogLevel = 'info';

  @IsIn(['json', 'pretty'], { message: '`json` or `pretty`' })
  LOG_FORMAT: 'json' | 'pretty' = 'json';

  @IsOptional()
  @Matches(/^[\w.-]{1,64}$/, NAME)
  MUSTER_NODE_ID?: string;

  @Matches(/^[\w.-]{1,64}$/, NAME)
  MUSTER_REDIS_PREFIX = 'muster';
}

/** What is wrong with the configuration, one line a variable; never contains a value. */
export class ConfigurationError extends Error {
  constructor(readonly lines: string[]) {
    super(lines.join('\n'));
    this.name = 'ConfigurationError';
  }
}

/** Validates `source` (already without `_FILE` twins) as a whole. Throws `ConfigurationError`. */
export function validateEnvironment(source: Record<string, string | undefined>): Environment {
  const { environment, wrong } = checkEnvironment(source);
  if (wrong.size > 0) throw new ConfigurationError([...wrong.values()]);
  return environment;
}

/**
 * What `source` says, and what is wrong with it: a line for each variable. An empty value counts as none. `inFile`
 * tells which values come from a file, for the line to name the variable that was set.
 */
export function checkEnvironment(
  source: Record<string, string | undefined>,
  inFile: (name: string) => boolean = () => false,
): { environment: Environment; wrong: Map<string, string> } {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const environment = plainToInstance(Environment, given, { exposeDefaultValues: true });
  const errors = validateSync(environment, { skipUndefinedProperties: false });
  const wrong = new Map<string, string>();
  for (const { property, constraints = {} } of errors) {
    const subject = inFile(property) ? `the file of ${property}_FILE` : property;
    const problem = given[property] === undefined ? 'is not set' : 'has a wrong value';
    wrong.set(property, `${subject} ${problem}: expected ${Object.values(constraints)[0] ?? 'another value'}`);
  }
  return { environment, wrong };
}
