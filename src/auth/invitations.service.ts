import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ChangedPassword, Invitation as InvitationView, Permission } from '#contracts';
import type { Authority } from '../access/authority.js';
import { beyond } from '../access/blueprint.js';
import { AuditService } from '../audit/audit.service.js';
import { Database, sql } from '../platform/database/database.js';
import { notFound, ProblemException } from '../platform/errors/problem.exception.js';
import type { Origin } from '../platform/http/origin.js';
import { Mailer } from '../platform/mail/mailer.js';
import { PasswordTokens } from './tokens/password-tokens.service.js';
import { INVITED_SQL } from './tokens/token.queries.js';

const LIFETIME_MS = 7 * 24 * 3600 * 1000;

/** Whoever has the invitation can do and see as much. */
interface Invited {
  permissions: Permission[];
  hide_phone: boolean;
}

/** Invitations to set a first password: mailed where mail is configured, else told to who invites, once. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly database: Database,
    private readonly tokens: PasswordTokens,
    private readonly mailer: Mailer,
    private readonly audit: AuditService,
  ) {}

  /** Adds an invitation to the transaction of `em`, instead of the one that is still out. */
  async add(em: EntityManager, workspaceId: string, agentId: string): Promise<InvitationView> {
    const isMailed = this.mailer.reachesPeople;
    const options = { kind: 'invitation', lifetimeMs: LIFETIME_MS, isMailed } as const;
    const { secret, expiresAt } = await this.tokens.add(em, { id: agentId, workspaceId }, options);
    return { token: isMailed ? null : secret, expiresAt: expiresAt.toISOString() };
  }

  /** Invites an agent again. Throws 404, 403 `beyond_own_rights`: whoever has the token becomes the agent. */
  async again(caller: Authority, agentId: string): Promise<InvitationView> {
    const { workspaceId } = caller;
    return this.database.transaction(workspaceId, async (em) => {
      const [agent] = await sql<Invited>(em, INVITED_SQL, [agentId, workspaceId]);
      if (!agent) throw notFound('agent');
      requireWithin(caller, agent);
      this.audit.record(em, {
        actor: caller,
        workspaceId,
        action: 'agent.invited',
        target: { kind: 'agent', id: agentId },
      });
      return this.add(em, workspaceId, agentId);
    });
  }

  /** Ends the agent's tokens that are still out, in the transaction of `em`. */
  async withdraw(em: EntityManager, agentId: string): Promise<void> {
    await this.tokens.withdraw(em, agentId);
  }

  /** Sets the password of the invited agent. 422 `invitation_invalid` for a token that is unknown, used or too old. */
  async accept(token: string, password: string, origin: Origin): Promise<ChangedPassword> {
    return this.tokens.use('invitation', token, password, origin, refusal);
  }
}

function refusal(): ProblemException {
  return new ProblemException(
    'invitation_invalid',
    'This invitation was used before, is too old, or your access was ended; ask an administrator for a new one.',
  );
}

function requireWithin(caller: Authority, agent: Invited): void {
  const missing = beyond(caller.permissions, agent.permissions);
  const [permission] = missing;
  if (permission) {
    const detail = `This agent can do what you can't: ${missing.join(', ')}.`;
    throw new ProblemException('beyond_own_rights', detail, { permission });
  }
  if (!caller.hidePhone || agent.hide_phone) return;
  throw new ProblemException('beyond_own_rights', "This agent sees customers' numbers, which you don't.");
}
