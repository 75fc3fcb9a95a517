import type { DatabaseOptions } from './platform/database/database.js';
import { AgentSchema } from './agents/agent.entity.js';
import { AuditEntrySchema } from './audit/audit.entity.js';
import { ApiKeySchema, InvitationSchema, SessionSchema } from './auth/session.entity.js';
import { ConversationSchema } from './conversations/conversation.entity.js';
import { ChannelSchema } from './interactions/channel.entity.js';
import { Migration20261123First } from './platform/database/migrations/migration-20261123-first.js';
import { TeamSchema } from './teams/team.entity.js';
import { WorkspaceSchema } from './workspaces/workspace.entity.js';

/** What is stored: every entity, and the migrations in their order. */
export const schema: Pick<DatabaseOptions, 'entities' | 'migrations'> = {
  entities: [
    AgentSchema,
    ApiKeySchema,
    AuditEntrySchema,
    ChannelSchema,
    ConversationSchema,
    InvitationSchema,
    SessionSchema,
    TeamSchema,
    WorkspaceSchema,
  ],
  migrations: [Migration20261123First],
};
