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
import { OutboundGate } from './revocation/outbound-gate.js';
import { Receipts } from './revocation/receipts.service.js';
import { ReceiptsSweeper } from './revocation/receipts.sweeper.js';
import { RevocationLog } from './revocation/revocation-log.js';
import { Revocations } from './revocation/revocations.service.js';
import { SocketCensus } from './socket-census.js';
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
    OutboundGate,
    Receipts,
    ReceiptsSweeper,
    RevocationLog,
    Revocations,
    SocketCensus,
    SocketGuard,
    SocketHandshake,
    SocketRegistry,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [
    AccessChanges,
    AccessTokens,
    Authenticator,
    OutboundGate,
    Receipts,
    Revocations,
    SocketCensus,
    SocketGuard,
    SocketHandshake,
    SocketRegistry,
  ],
})
export class AccessModule {}
