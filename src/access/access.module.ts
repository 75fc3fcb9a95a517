import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessChanges } from './access-changes.js';
import { AccessCheckController } from './access-check.controller.js';
import { AccessCheckService } from './access-check.service.js';
import { AccessGuard } from './access.guard.js';
import { AccessTokens } from './access-tokens.js';
import { Authenticator } from './authenticator.js';
import { ApiKeyUsage } from './api-key-usage.js';
import { AuthorityReader } from './authority.reader.js';
import { SocketGuard } from './socket.guard.js';
import { SocketHandshake } from './socket-handshake.js';
import { SocketRegistry } from './socket-registry.js';

/** May they, now: the authority read, the guard in front of every route, and the sockets that follow their rights. */
@Global()
@Module({
  controllers: [AccessCheckController],
  providers: [
    AccessChanges,
    AccessCheckService,
    AccessTokens,
    ApiKeyUsage,
    AuthorityReader,
    Authenticator,
    SocketGuard,
    SocketHandshake,
    SocketRegistry,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [AccessChanges, AccessTokens, Authenticator, SocketGuard, SocketHandshake, SocketRegistry],
})
export class AccessModule {}
