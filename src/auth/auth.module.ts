import { Module } from '@nestjs/common';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeysController, AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { Credentials } from './credentials.service.js';
import { Fingerprints } from './fingerprints.js';
import { InvitationsService } from './invitations.service.js';
import { LoginLimits } from './login-limits.js';
import { PasswordChange } from './password-change.service.js';
import { PasswordResets } from './password-resets.service.js';
import { InvitationsController, PasswordController } from './passwords.controller.js';
import { Passwords } from './passwords.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SessionsSweeper } from './sessions/sessions.sweeper.js';
import { PasswordTokens } from './tokens/password-tokens.service.js';
import { TokenMails } from './tokens/token-mails.service.js';

/** Who is calling: login, sessions, passwords, invitations and API keys. */
@Module({
  controllers: [ApiKeysController, AuthController, InvitationsController, PasswordController, SessionsController],
  providers: [
    ApiKeysService,
    AuthService,
    Credentials,
    Fingerprints,
    InvitationsService,
    LoginLimits,
    PasswordChange,
    PasswordResets,
    PasswordTokens,
    Passwords,
    SessionsService,
    SessionsSweeper,
    TokenMails,
  ],
  exports: [Credentials, InvitationsService, LoginLimits, Passwords],
})
export class AuthModule {}
