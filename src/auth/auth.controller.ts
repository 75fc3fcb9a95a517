import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { ApiKeyView, CreatedApiKeyView, LoginAnswer, Page } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Authenticated, Public, Requires } from '../access/requires.decorator.js';
import { idOf } from '../platform/http/id.pipe.js';
import { PageQuery } from '../platform/http/page.js';
import { Returns } from '../platform/http/returns.decorator.js';
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

  /** An unknown e-mail and a wrong password get the same answer. */
  @Post('login')
  @Public()
  @Returns('LoginAnswer')
  login(@Body() request: LoginRequest): Promise<LoginAnswer> {
    return this.auth.login(request);
  }

  /** Each refresh token works once; using an old one ends the session. */
  @Post('refresh')
  @Public()
  @Returns('LoginAnswer')
  refresh(@Body() request: RefreshRequest): Promise<LoginAnswer> {
    return this.auth.refresh(request.refreshToken);
  }

  @Post('logout')
  @Authenticated()
  @Returns(null)
  logout(@Caller() caller: Authority): Promise<void> {
    return this.auth.logout(caller);
  }

  /** Sets the password of an invited agent. */
  @Post('invitations/accept')
  @Public()
  @Returns(null)
  accept(@Body() request: AcceptInvitationRequest): Promise<void> {
    return this.invitations.accept(request.token, request.password);
  }
}

@ApiTags('auth')
@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @Requires('api-keys.manage')
  @Returns('ApiKeyView', { list: true })
  list(@Caller() caller: Authority, @Query() page: PageQuery): Promise<Page<ApiKeyView>> {
    return this.keys.list(caller.workspaceId, page);
  }

  /** The key is shown once, here. Its permissions are among the maker's. */
  @Post()
  @Requires('api-keys.manage')
  @Returns('CreatedApiKeyView', { status: 201 })
  create(@Caller() caller: Authority, @Body() request: CreateApiKeyRequest): Promise<CreatedApiKeyView> {
    return this.keys.create(caller, request);
  }

  @Delete(':id')
  @Requires('api-keys.manage')
  @Returns(null)
  delete(@Caller() caller: Authority, @Param('id', idOf('API key')) id: string): Promise<void> {
    return this.keys.delete(caller, id);
  }
}
