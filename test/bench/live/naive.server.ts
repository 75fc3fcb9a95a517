/**
 * What a typical team would write on the same stack: a Nest gateway and a controller; one HINCRBY for each interaction
 * on the agent's field of the minute's hash, then the agent's row to everybody in the room `dashboard`. No batches, no
 * deltas. In its favour: Fastify, websocket only, the API key compared in memory, no validation, what conversations and
 * agents there are known in memory, Redis asked for a whole post at a time.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  HttpCode,
  Inject,
  Injectable,
  Module,
  Post,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { type OnGatewayConnection, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import type { FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import type { Namespace, Socket } from 'socket.io';
import type { IngestAnswer, IngestRequest } from '#contracts';
import type { RunningServer } from '../support/server.js';

export interface NaiveOptions {
  redisUrl: string;
  apiKey: string;
}

/** What it knows of an agent. */
export interface NaiveAgent {
  id: string;
  name: string;
  teamId: string;
}

const ROOM = 'dashboard';

@Injectable()
class Memory {
  readonly assignees = new Map<string, NaiveAgent>();
}

@Injectable()
class ApiKeyGuard implements CanActivate {
  private readonly expected: Buffer;

  constructor(@Inject('apiKey') apiKey: string) {
    this.expected = hash('sha256', apiKey, 'buffer');
  }

  canActivate(context: ExecutionContext): boolean {
    const { authorization = '' } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    return this.isKey(authorization.replace(/^Bearer /, ''));
  }

  isKey(token: string): boolean {
    return timingSafeEqual(hash('sha256', token, 'buffer'), this.expected);
  }
}

@WebSocketGateway({ namespace: ROOM, transports: ['websocket'] })
class DashboardGateway implements OnGatewayConnection {
  @WebSocketServer()
  readonly server: Namespace;

  constructor(private readonly guard: ApiKeyGuard) {}

  handleConnection(socket: Socket): void {
    const { token } = socket.handshake.auth as { token: string };
    if (this.guard.isKey(token)) void socket.join(ROOM);
    else socket.disconnect(true);
  }
}

@Controller('interactions')
class InteractionsController {
  constructor(
    private readonly gateway: DashboardGateway,
    private readonly memory: Memory,
    @Inject(Redis) private readonly redis: Redis,
  ) {}

  @Post()
  @HttpCode(202)
  @UseGuards(ApiKeyGuard)
  async ingest(@Body() { interactions }: IngestRequest): Promise<IngestAnswer> {
    await Promise.all(interactions.map(({ conversationId }) => this.count(conversationId)));
    return { accepted: interactions.length, duplicates: 0, rejected: [] };
  }

  private async count(conversationId: string): Promise<void> {
    const agent = this.memory.assignees.get(conversationId);
    if (!agent) return;
    const minute = Math.floor(Date.now() / 60_000);
    const interactions = await this.redis.hincrby(`naive:density:${minute}`, agent.id, 1);
    this.gateway.server.to(ROOM).emit('agent', { ...agent, interactions });
  }
}

@Module({})
class NaiveModule {}

/** Its method `assign` takes pairs of a conversation's id and its agent. */
export async function start({ redisUrl, apiKey }: NaiveOptions): Promise<RunningServer> {
  const redis = new Redis(redisUrl);
  const module = {
    module: NaiveModule,
    controllers: [InteractionsController],
    providers: [
      Memory,
      DashboardGateway,
      ApiKeyGuard,
      { provide: 'apiKey', useValue: apiKey },
      { provide: Redis, useValue: redis },
    ],
  };
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: ['error'] });
  app.useWebSocketAdapter(new IoAdapter(app));
  app.setGlobalPrefix('api/v1');
  await app.listen(0, '127.0.0.1');
  const { assignees } = app.get(Memory);
  const assign = (pairs: unknown) => {
    for (const [conversationId, agent] of pairs as [string, NaiveAgent][]) assignees.set(conversationId, agent);
  };
  const close = async () => {
    await app.close();
    redis.disconnect();
  };
  return { port: Number(new URL(await app.getUrl()).port), close, methods: { assign } };
}
