import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { EndedSessions, EndedSessionView, Page, SessionView } from '#contracts';
import type { Authority } from '../../access/authority.js';
import { Caller } from '../../access/caller.decorator.js';
import { Authenticated } from '../../access/requires.decorator.js';
import { idOf } from '../../platform/http/id.pipe.js';
import { Returns } from '../../platform/http/returns.decorator.js';
import { Refuses } from '../../platform/openapi/refuses.decorator.js';
import { OfAgent, SessionQuery } from './sessions.query.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('auth')
@Controller('sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  /**
   * List sessions
   *
   * The logins of the caller that go on; with `agentId` those of another agent, which takes `agents.manage`. Sort by
   * createdAt or lastUsedAt.
   */
  @Get()
  @Authenticated()
  @Refuses('permission_missing', 'not_found')
  @Returns('SessionView', { list: true })
  list(@Caller() caller: Authority, @Query() { agentId, ...page }: SessionQuery): Promise<Page<SessionView>> {
    return this.sessions.list(caller, agentId, page);
  }

  /**
   * Log out everywhere else
   *
   * Ends all sessions of the caller but the one that asks; with `agentId` and `agents.manage` all of another agent. API
   * keys go on.
   */
  @Delete()
  @Authenticated({ endsCaller: true })
  @Refuses('permission_missing', 'not_found')
  @Returns('EndedSessions')
  endAll(@Caller() caller: Authority, @Query() { agentId }: OfAgent): Promise<EndedSessions> {
    return this.sessions.endAll(caller, agentId);
  }

  /**
   * End a session
   *
   * Once this has answered, nothing is done or sent under it any more, and its sockets are closed. One's own, or with
   * `agents.manage` anybody's.
   */
  @Delete(':id')
  @Authenticated({ endsCaller: true })
  @Refuses('permission_missing', 'not_found')
  @Returns('EndedSessionView')
  end(@Caller() caller: Authority, @Param('id', idOf('session')) id: string): Promise<EndedSessionView> {
    return this.sessions.end(caller, id);
  }
}
