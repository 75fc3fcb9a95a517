import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { ChangedPassword, Invitation, PasswordResetAnswer } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Authenticated, Public, Requires } from '../access/requires.decorator.js';
import { invalid } from '../platform/errors/problem.exception.js';
import { idOf } from '../platform/http/id.pipe.js';
import { From, type Origin } from '../platform/http/origin.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { ChangePasswordRequest, ResetPasswordRequest } from './auth.dto.js';
import { InvitationsService } from './invitations.service.js';
import { PasswordChange } from './password-change.service.js';
import { PasswordResets } from './password-resets.service.js';

@ApiTags('auth')
@Controller('auth/password')
export class PasswordController {
  constructor(
    private readonly passwords: PasswordChange,
    private readonly resets: PasswordResets,
  ) {}

  /**
   * Change one's password
   *
   * Ends every other session and every API key of the caller: whoever knew the old password could have made them. The
   * session that asks goes on. A wrong current password counts like one at login.
   */
  @Post()
  @Authenticated()
  @Refuses('bad_request', 'invalid_credentials', 'too_many_requests')
  @Returns('ChangedPassword')
  change(
    @Caller() caller: Authority,
    @Body() request: ChangePasswordRequest,
    @From() origin: Origin,
  ): Promise<ChangedPassword> {
    return this.passwords.change(caller, request, origin);
  }

  /**
   * Reset a forgotten password
   *
   * With `email`: sends a mail with a token, if there is such an agent; the answer is the same if not. With `token` and
   * `password`: sets the password, and ends every session and API key of the agent. A token works once, for an hour; a
   * newer one withdraws it, and while the agent is inactive it doesn't work. The receipt tells what has ended.
   */
  @Post('reset')
  @Public()
  @Refuses('reset_invalid', 'too_many_requests')
  @Returns('PasswordResetAnswer')
  async reset(
    @Body() { email, workspace, token, password }: ResetPasswordRequest,
    @From() origin: Origin,
  ): Promise<PasswordResetAnswer> {
    if (token === undefined) {
      await this.resets.request(email ?? '', workspace, origin);
      return { receipt: null };
    }
    if (email !== undefined) throw invalid('email', 'email_unexpected', 'Send either an e-mail or a token.');
    return this.resets.complete(token, password ?? '', origin);
  }
}

@ApiTags('auth')
@Controller('agents/:id/invitation')
export class InvitationsController {
  constructor(private readonly invitations: InvitationsService) {}

  /**
   * Invite again
   *
   * Makes a new invitation to set a password, and withdraws the one that is still out. It is mailed to the agent where
   * mail is configured; else its token is in the answer, once. Not for agents who can do or see what the caller can't.
   */
  @Post()
  @Requires('agents.manage')
  @Refuses('beyond_own_rights')
  @Returns('Invitation', { status: 201 })
  again(@Caller() caller: Authority, @Param('id', idOf('agent')) id: string): Promise<Invitation> {
    return this.invitations.again(caller, id);
  }
}
