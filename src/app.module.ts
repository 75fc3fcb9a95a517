import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { AccessModule } from './access/access.module.js';
import { AdminModule } from './admin/admin.module.js';
import { AgentsModule } from './agents/agents.module.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { ContactsModule } from './contacts/contacts.module.js';
import { ChatwootModule } from './chatwoot/chatwoot.module.js';
import { ConversationsModule } from './conversations/conversations.module.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { DemoModule } from './demo/demo.module.js';
import { InboxModule } from './inbox/inbox.module.js';
import { InteractionsModule } from './interactions/interactions.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { PermissionsModule } from './permissions/permissions.module.js';
import { Clock } from './platform/clock.js';
import { Config } from './platform/config/config.js';
import { ConfigModule } from './platform/config/config.module.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { LoggingModule } from './platform/logging/logging.module.js';
import { PlatformModule } from './platform/platform.module.js';
import { RedisModule } from './platform/redis/redis.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { PresenceModule } from './presence/presence.module.js';
import { PrivacyModule } from './privacy/privacy.module.js';
import { schema } from './schema.js';
import { TeamsModule } from './teams/teams.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { WorkspacesModule } from './workspaces/workspaces.module.js';

/** The features. */
@Module({
  imports: [
    PlatformModule,
    RedisModule,
    AuditModule,
    PrivacyModule,
    AccessModule,
    AuthModule,
    WebhooksModule,
    TeamsModule,
    AgentsModule,
    PermissionsModule,
    PresenceModule,
    ContactsModule,
    ConversationsModule,
    InteractionsModule,
    MessagesModule,
    ChatwootModule,
    AlertsModule,
    DashboardModule,
    InboxModule,
    AdminModule,
    ReportsModule,
    WorkspacesModule,
    DemoModule,
  ],
})
export class AppModule {
  static for(config: Config, logger: Logger, clock = new Clock()): DynamicModule {
    return {
      module: AppModule,
      imports: [ConfigModule.for(config, clock), LoggingModule.for(logger), DatabaseModule.for(schema)],
    };
  }
}
