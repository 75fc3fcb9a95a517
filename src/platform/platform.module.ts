import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { EventBus } from './events/event-bus.js';
import { QueryGuard } from './http/query.guard.js';
import { JobQueue } from './jobs/job-queue.js';
import { JobRegistry } from './jobs/job-registry.js';
import { Readiness } from './health/readiness.js';
import { NodeLease } from './nodes/node-lease.js';
import { OutboxBacklog } from './outbox/outbox.backlog.js';
import { Outbox } from './outbox/outbox.js';
import { OutboxRelay } from './outbox/outbox.relay.js';
import { Metrics } from './telemetry/metrics.js';

/** What every feature may use: the event bus, the outbox with its relay, the registry of jobs, the node's lease. */
@Global()
@Module({
  providers: [
    EventBus,
    JobQueue,
    JobRegistry,
    Metrics,
    NodeLease,
    Outbox,
    OutboxBacklog,
    OutboxRelay,
    Readiness,
    { provide: APP_GUARD, useClass: QueryGuard },
  ],
  exports: [EventBus, JobRegistry, Metrics, NodeLease, Outbox],
})
export class PlatformModule {}
