import { ThresholdSchema } from './alerts/threshold.entity.js';
import { AgentSchema } from './agents/agent.entity.js';
import { AuditEntrySchema } from './audit/audit.entity.js';
import { ApiKeySchema, InvitationSchema, SessionSchema } from './auth/session.entity.js';
import { ContactSchema } from './contacts/contact.entity.js';
import { ChatwootAccountSchema } from './chatwoot/chatwoot-account.entity.js';
import { ConversationSchema } from './conversations/conversation.entity.js';
import { ChannelSchema } from './interactions/channel.entity.js';
import { InteractionKeySchema, InteractionSchema } from './interactions/interaction.entity.js';
import { AgentSyncSchema } from './permissions/agent-sync.entity.js';
import type { DatabaseOptions } from './platform/database/database.js';
import { Migration20261123First } from './platform/database/migrations/migration-20261123-first.js';
import { Migration20261124AuditChain } from './platform/database/migrations/migration-20261124-audit-chain.js';
import { Migration20261124AgentList } from './platform/database/migrations/migration-20261124-agent-list.js';
import { Migration20261124Idempotency } from './platform/database/migrations/migration-20261124-idempotency.js';
import { Migration20261124Jobs } from './platform/database/migrations/migration-20261124-jobs.js';
import { Migration20261124Revocation } from './platform/database/migrations/migration-20261124-revocation.js';
import { Migration20261124Sessions } from './platform/database/migrations/migration-20261124-sessions.js';
import { Migration20261124Timeline } from './platform/database/migrations/migration-20261124-timeline.js';
import { Migration20261125Alerts } from './platform/database/migrations/migration-20261125-alerts.js';
import { Migration20261125AssignmentInterval } from './platform/database/migrations/migration-20261125-assignment-interval.js';
import { Migration20261125DensityMinutes } from './platform/database/migrations/migration-20261125-density-minutes.js';
import { Migration20261125AgentLetters } from './platform/database/migrations/migration-20261125-agent-letters.js';
import { Migration20261125Webhooks } from './platform/database/migrations/migration-20261125-webhooks.js';
import { Migration20261126Tenants } from './platform/database/migrations/migration-20261126-tenants.js';
import { Migration20261125Messages } from './platform/database/migrations/migration-20261125-messages.js';
import { Migration20261125ConversationQueue } from './platform/database/migrations/migration-20261125-conversation-queue.js';
import { Migration20261126RevocationHints } from './platform/database/migrations/migration-20261126-revocation-hints.js';
import { Migration20261126DensitySteps } from './platform/database/migrations/migration-20261126-density-steps.js';
import { Migration20261126Contacts } from './platform/database/migrations/migration-20261126-contacts.js';
import { Migration20261126Chatwoot } from './platform/database/migrations/migration-20261126-chatwoot.js';
import { Migration20261126WebhookEmission } from './platform/database/migrations/migration-20261126-webhook-emission.js';
import { Migration20261126CustomerIdentity } from './platform/database/migrations/migration-20261126-customer-identity.js';
import { Migration20261126EmailLookup } from './platform/database/migrations/migration-20261126-email-lookup.js';
import { Migration20261126ForgottenAnswers } from './platform/database/migrations/migration-20261126-forgotten-answers.js';
import { Migration20261126InteractionIds } from './platform/database/migrations/migration-20261126-interaction-ids.js';
import { OutboxRowSchema } from './platform/outbox/outbox.entity.js';
import { AgentPresenceSchema, PresenceConnectionSchema, PresenceIntervalSchema } from './presence/presence.entity.js';
import { TeamSchema } from './teams/team.entity.js';
import { WebhookEndpointSchema } from './webhooks/webhook-endpoint.entity.js';
import { WorkspaceSchema } from './workspaces/workspace.entity.js';

/** What is stored: every entity, and the migrations in their order. */
export const schema: Pick<DatabaseOptions, 'entities' | 'migrations'> = {
  entities: [
    AgentPresenceSchema,
    AgentSchema,
    AgentSyncSchema,
    ApiKeySchema,
    AuditEntrySchema,
    ChannelSchema,
    ChatwootAccountSchema,
    ContactSchema,
    ConversationSchema,
    InteractionKeySchema,
    InteractionSchema,
    InvitationSchema,
    OutboxRowSchema,
    PresenceConnectionSchema,
    PresenceIntervalSchema,
    SessionSchema,
    TeamSchema,
    ThresholdSchema,
    WebhookEndpointSchema,
    WorkspaceSchema,
  ],
  migrations: [
    Migration20261123First,
    Migration20261124Revocation,
    Migration20261124AuditChain,
    Migration20261124Jobs,
    Migration20261124AgentList,
    Migration20261124Sessions,
    Migration20261124Idempotency,
    Migration20261124Timeline,
    Migration20261125AgentLetters,
    Migration20261125AssignmentInterval,
    Migration20261125DensityMinutes,
    Migration20261125Alerts,
    Migration20261125Webhooks,
    Migration20261126Tenants,
    Migration20261125Messages,
    Migration20261125ConversationQueue,
    Migration20261126RevocationHints,
    Migration20261126DensitySteps,
    Migration20261126Contacts,
    Migration20261126Chatwoot,
    Migration20261126WebhookEmission,
    Migration20261126InteractionIds,
    Migration20261126CustomerIdentity,
    Migration20261126ForgottenAnswers,
    Migration20261126EmailLookup,
  ],
};
