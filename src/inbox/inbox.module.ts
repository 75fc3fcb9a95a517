import { Module } from '@nestjs/common';
import { PresenceModule } from '../presence/presence.module.js';
import { InboxPresence } from './inbox-presence.js';
import { InboxGateway } from './inbox.gateway.js';

@Module({ imports: [PresenceModule], providers: [InboxGateway, InboxPresence] })
export class InboxModule {}
