import { Global, Module } from '@nestjs/common';
import { EventBus } from './events/event-bus.js';
import { JobRegistry } from './jobs/job-registry.js';
import { Outbox } from './outbox/outbox.js';

/** What every feature may use: the event bus, the outbox and the registry of jobs. */
@Global()
@Module({ providers: [EventBus, JobRegistry, Outbox], exports: [EventBus, JobRegistry, Outbox] })
export class PlatformModule {}
