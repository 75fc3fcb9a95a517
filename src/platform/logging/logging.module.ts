import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { pino, type Logger } from 'pino';
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
export function createLogger(config: Pick<Config, 'logLevel' | 'logFormat' | 'nodeId'>): Logger {
  return pino({
    level: config.logLevel,
    base: { node: config.nodeId },
    redact: { paths: REDACTED, censor: '[redacted]' },
    mixin: () => {
      const requestId = currentRequestId();
      return requestId ? { requestId } : {};
    },
    ...(config.logFormat === 'pretty' ? { transport: { target: 'pino-pretty', options: { singleLine: true } } } : {}),
  });
}

/** Nest's loggers write to `logger`. Requests are logged by a hook of the server, not by a middleware. */
@Module({})
export class LoggingModule {
  static for(logger: Logger): DynamicModule {
    return { module: LoggingModule, imports: [LoggerModule.forRoot({ pinoHttp: { logger }, forRoutes: [] })] };
  }
}
