import { Global, Module } from '@nestjs/common';
import { EventBus } from './events/event-bus.js';
import { JobRegistry } from './jobs/job-registry.js';
import { NodeLease } from './nodes/node-lease.js';
import { Outbox } from './outbox/outbox.js';

/** What every feature may use: the event bus, the node's lease, the outbox and the registry of jobs. */
@Global()
@Module({ providers: [EventBus, JobRegistry, NodeLease, Outbox], exports: [EventBus, JobRegistry, NodeLease, Outbox] })
export class PlatformModule {}
