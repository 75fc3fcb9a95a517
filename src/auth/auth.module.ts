import { Module } from '@nestjs/common';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeysController, AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { InvitationsService } from './invitations.service.js';
import { Credentials } from './credentials.service.js';
import { Passwords } from './passwords.js';

/** Who is calling: login, sessions, invitations and API keys. */
@Module({
  controllers: [AuthController, ApiKeysController],
  providers: [ApiKeysService, AuthService, Credentials, InvitationsService, Passwords],
  exports: [Credentials, InvitationsService, Passwords],
})
export class AuthModule {}
