/**
 * socket.io as Muster uses it: websocket only, no compression, small messages, foreign origins refused before the
 * upgrade. Connection state recovery must never be enabled: it replays packets to a client before any middleware
 * has asked whether it may still have them.
 */
import type { IncomingMessage } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';
import type { Config } from '../config/config.js';

const OPTIONS: Partial<ServerOptions> = {
  path: '/socket.io',
  transports: ['websocket'],
  serveClient: false,
  perMessageDeflate: false,
  httpCompression: false,
  maxHttpBufferSize: 64 * 1024,
  /** An unclean loss is noticed within 18 seconds, and a client notices a dead server as soon. */
  pingInterval: 10_000,
  pingTimeout: 8_000,
  connectTimeout: 10_000,
};

export class RealtimeAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly config: Config,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    return super.createIOServer(port, {
      ...options,
      ...OPTIONS,
      allowRequest: (request, answer) => answer(null, isOriginAllowed(request, this.config.corsOrigins)),
    } as ServerOptions);
  }
}

/** Programs send no origin; browsers must come from our own host or from one of `allowed`. */
export function isOriginAllowed(request: Pick<IncomingMessage, 'headers'>, allowed: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (!origin || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
