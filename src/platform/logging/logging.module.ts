import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { type DestinationStream, type LogFn, type Logger, type LoggerOptions, pino } from 'pino';
import type { Config } from '../config/config.js';
import { currentRequestId } from '../http/request-context.js';

/** Headers and members that may hold secrets or customers' data, wherever they are logged. */
const REDACTED = [
  'authorization',
  'cookie',
  'password',
  'token',
  'refreshToken',
  'phone',
  '*.authorization',
  '*.password',
  '*.token',
  '*.phone',
];

/** The process' logger: JSON lines, or text for people; never a query string, a secret or a customer's number. */
export function createLogger(
  config: Pick<Config, 'logLevel' | 'logFormat' | 'nodeId'>,
  destination?: DestinationStream,
): Logger {
  const options: LoggerOptions = {
    level: config.logLevel,
    base: { node: config.nodeId },
    serializers: { err: describeError },
    redact: { paths: REDACTED, censor: '[redacted]' },
    hooks: { logMethod: nameError },
    mixin: () => {
      const requestId = currentRequestId();
      return requestId ? { requestId } : {};
    },
    ...(config.logFormat === 'pretty' ? { transport: { target: 'pino-pretty', options: { singleLine: true } } } : {}),
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Without words of its own a line would say the error's, whatever is in them. */
function nameError(this: Logger, args: Parameters<LogFn>, log: LogFn): void {
  const [what, words] = args as [unknown, unknown];
  const error = what instanceof Error ? what : (what as { err?: unknown } | null)?.err;
  if (words !== undefined || !(error instanceof Error)) return log.apply(this, args);
  log.call(this, what as object, describeError(error).message);
}

/**
 * An error as it may be logged. What PostgreSQL says of a refused row contains the row, and an ORM's message the
 * whole statement: of those only codes and names are kept. Of the stack only where, not what.
 */
export function describeError(error: unknown): { type: string; message: string; [member: string]: unknown } {
  if (!(error instanceof Error)) return { type: typeof error, message: 'something was thrown' };
  const { code, constraint, table, severity } = error as Error & Record<string, unknown>;
  const isFromDatabase = typeof severity === 'string';
  return {
    code,
    constraint,
    table,
    type: error.name,
    message: isFromDatabase ? 'PostgreSQL refused a statement' : error.message,
    stack: error.stack
      ?.split('\n')
      .filter((line) => /^\s+at /.test(line))
      .join('\n'),
  };
}

/**
 * Nest's loggers write to `logger`. Requests are logged by a hook of the server, not by a middleware. The serializer is
 * named again because pino-http would put its own, which keeps everything, in front of the logger's.
 */
@Module({})
export class LoggingModule {
  static for(logger: Logger): DynamicModule {
    const pinoHttp = { logger, wrapSerializers: false, serializers: { err: describeError } };
    return { module: LoggingModule, imports: [LoggerModule.forRoot({ pinoHttp, forRoutes: [] })] };
  }
}
