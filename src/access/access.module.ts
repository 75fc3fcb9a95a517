import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessChanges } from './access-changes.js';
import { AccessGuard } from './access.guard.js';
import { AccessTokens } from './access-tokens.js';
import { Authenticator } from './authenticator.js';
import { AuthorityReader } from './authority.reader.js';

/** May they, now: the authority read and the guard in front of every route. */
@Global()
@Module({
  providers: [
    AccessChanges,
    AccessTokens,
    AuthorityReader,
    Authenticator,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [AccessChanges, AccessTokens, Authenticator],
})
export class AccessModule {}
