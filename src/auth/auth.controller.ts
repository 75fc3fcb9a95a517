import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type {
  ApiKeyView,
  ChangedPassword,
  CreatedApiKeyView,
  EndedApiKeyView,
  LoginAnswer,
  LogoutAnswer,
  Page,
} from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Authenticated, Public, Requires } from '../access/requires.decorator.js';
import { idOf } from '../platform/http/id.pipe.js';
import { From, type Origin } from '../platform/http/origin.js';
import { PageQuery } from '../platform/http/page.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { ApiKeysService } from './api-keys.service.js';
import { AcceptInvitationRequest, CreateApiKeyRequest, LoginRequest, RefreshRequest } from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { InvitationsService } from './invitations.service.js';

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly invitations: InvitationsService,
  ) {}

  /**
   * Log in
   *
   * Begins a session: an access token for 15 minutes and a refresh token for the next pair. An unknown e-mail and a
   * wrong password get the same answer; that somebody is inactive is told only after the right password. After too many
   * wrong passwords it is 429 for a while, and `Retry-After` says how long; from where somebody has logged in before,
   * only the wrong ones from there count. Who is in more than five workspaces has to send `workspace`.
   */
  @Post('login')
  @Public()
  @Refuses('invalid_credentials', 'agent_inactive', 'team_inactive', 'workspace_required', 'too_many_requests')
  @Returns('LoginAnswer')
  login(@Body() request: LoginRequest, @From() origin: Origin): Promise<LoginAnswer> {
    return this.auth.login(request, origin);
  }

  /**
   * Renew the tokens
   *
   * Each refresh token works once; using an old one ends the session and closes its sockets. When an answer was lost,
   * the same token can be sent again for 30 seconds: the lost one is dead then, and the answer has another.
   */
  @Post('refresh')
  @Public()
  @Refuses('token_invalid', 'refresh_reused')
  @Returns('LoginAnswer')
  refresh(@Body() request: RefreshRequest, @From() origin: Origin): Promise<LoginAnswer> {
    return this.auth.refresh(request.refreshToken, origin);
  }

  /**
   * Log out
   *
   * Ends the session of the access token and closes its sockets. An API key has none: delete the key instead.
   */
  @Post('logout')
  @Authenticated({ endsCaller: true })
  @Refuses('bad_request')
  @Returns('LogoutAnswer')
  logout(@Caller() caller: Authority): Promise<LogoutAnswer> {
    return this.auth.logout(caller);
  }

  /**
   * Accept an invitation
   *
   * Sets the password of the invited agent, who then can log in; what was issued before ends, as the receipt tells. An
   * invitation works once, for 7 days, and not while the agent is inactive.
   */
  @Post('invitations/accept')
  @Public()
  @Refuses('invitation_invalid')
  @Returns('ChangedPassword')
  accept(@Body() request: AcceptInvitationRequest, @From() origin: Origin): Promise<ChangedPassword> {
    return this.invitations.accept(request.token, request.password, origin);
  }
}

@ApiTags('auth')
@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  /** The keys that work, without the keys themselves. Sort by createdAt or name; `q` searches names. */
  @Get()
  @Requires('api-keys.manage')
  @Returns('ApiKeyView', { list: true })
  list(@Caller() caller: Authority, @Query() page: PageQuery): Promise<Page<ApiKeyView>> {
    return this.keys.list(caller.workspaceId, page);
  }

  /** The key is shown once, here. Its permissions are among the maker's. */
  @Post()
  @Requires('api-keys.manage')
  @Refuses('beyond_own_rights')
  @Returns('CreatedApiKeyView', { status: 201 })
  create(@Caller() caller: Authority, @Body() request: CreateApiKeyRequest): Promise<CreatedApiKeyView> {
    return this.keys.create(caller, request);
  }

  /** Ends the key: once this has answered, no request with it succeeds any more, and its sockets are closed. */
  @Delete(':id')
  @Requires('api-keys.manage', { endsCaller: true })
  @Returns('EndedApiKeyView')
  delete(@Caller() caller: Authority, @Param('id', idOf('API key')) id: string): Promise<EndedApiKeyView> {
    return this.keys.delete(caller, id);
  }
}
