import { applyDecorators, UseFilters, UseGuards, UseInterceptors, UsePipes } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { createValidationPipe } from '../platform/http/validation.pipe.js';
import { AckInterceptor, SocketProblemFilter } from '../platform/realtime/acknowledgement.js';
import { SocketGuard } from './socket.guard.js';

/**
 * A gateway with all it must have: Nest's global guards, pipes and filters do not reach gateways. Each event reads
 * the authority, is validated, and is acknowledged with data or a problem.
 */
export function RealtimeGateway(namespace: `/${string}`) {
  return applyDecorators(
    WebSocketGateway({ namespace }),
    UseGuards(SocketGuard),
    UsePipes(createValidationPipe()),
    UseInterceptors(new AckInterceptor()),
    UseFilters(new SocketProblemFilter()),
  );
}
