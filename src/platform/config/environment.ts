import { plainToInstance, Transform } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  MinLength,
  validateSync,
} from 'class-validator';

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

/**
 * The configuration of one process, read once from the environment and validated as a whole.
 * Property names are the variables' names; `describe` in each message says what is expected, never the value.
 */
export class Environment {
  @asInt
  @IsInt({ message: 'a port number, 0 to 65535' })
  @Min(0, { message: 'a port number, 0 to 65535' })
  @Max(65_535, { message: 'a port number, 0 to 65535' })
  PORT = 3000;

  @IsString()
  @MinLength(1, { message: 'an address to listen on, for example 127.0.0.1' })
  HOST = '0.0.0.0';

  @Matches(/^postgres(ql)?:\/\/.+/, { message: 'a URL like postgres://user:password@host:5432/database' })
  DATABASE_URL: string;

  @Matches(/^(rediss?|unix):\/\/.+/, { message: 'a URL like redis://host:6379, rediss://… or unix:///path/to/socket' })
  REDIS_URL: string;

  @asList
  @ArrayNotEmpty({ message: '`api`, `worker`, or both separated by a comma' })
  @IsIn(['api', 'worker'], { each: true, message: '`api`, `worker`, or both separated by a comma' })
  MUSTER_ROLES: Role[] = ['api', 'worker'];

  @IsString()
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

  @Matches(THIRTY_TWO_BYTES, { message: '32 bytes in base64; make one with: openssl rand -base64 32' })
  MUSTER_PHONE_KEY: string;

  @IsOptional()
  @MinLength(1, { message: "Meta's app secret" })
  MUSTER_WHATSAPP_APP_SECRET?: string;

  @IsOptional()
  @MinLength(1, { message: 'the token entered at Meta' })
  MUSTER_WHATSAPP_VERIFY_TOKEN?: string;

  @asInt
  @IsInt({ message: 'milliseconds, 10 to 1000' })
  @Min(10, { message: 'milliseconds, 10 to 1000' })
  @Max(1000, { message: 'milliseconds, 10 to 1000' })
  MUSTER_TICK_MS = 100;

  @asList
  @Matches(/^https?:\/\/[^/]+$/, { each: true, message: 'origins like https://inbox.example.com, comma-separated' })
  CORS_ORIGINS: string[] = [];

  @IsOptional()
  @IsString()
  TRUST_PROXY?: string;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    message: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`',
  })
  LOG_LEVEL: LogLevel = 'info';

  @IsIn(['json', 'pretty'], { message: '`json` or `pretty`' })
  LOG_FORMAT: 'json' | 'pretty' = 'json';

  @IsOptional()
  @Matches(/^[\w.-]{1,64}$/, { message: '1 to 64 letters, digits, dots, dashes or underscores' })
  MUSTER_NODE_ID?: string;

  @Matches(/^[\w.-]{1,64}$/, { message: '1 to 64 letters, digits, dots, dashes or underscores' })
  MUSTER_REDIS_PREFIX = 'muster';
}

/** What is wrong with the configuration, one line a variable; never contains a value. */
export class ConfigurationError extends Error {
  constructor(readonly lines: string[]) {
    super(lines.join('\n'));
    this.name = 'ConfigurationError';
  }
}

/** Validates `source` (already without `_FILE` twins) as a whole. */
export function validateEnvironment(source: Record<string, string | undefined>): Environment {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const environment = plainToInstance(Environment, given, { exposeDefaultValues: true });
  const errors = validateSync(environment, { skipUndefinedProperties: false });
  if (errors.length === 0) return environment;
  throw new ConfigurationError(
    errors.map((error) => {
      const expected = Object.values(error.constraints ?? {})[0] ?? 'another value';
      const problem = given[error.property] === undefined ? 'is not set' : 'has a wrong value';
      return `${error.property} ${problem}: expected ${expected}`;
    }),
  );
}
