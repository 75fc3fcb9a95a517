import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { EventBus } from './events/event-bus.js';
import { IdempotencyStore } from './http/idempotency-store.js';
import { IdempotencySweeper } from './http/idempotency.sweeper.js';
import { OutgoingHttp } from './http/outgoing/outgoing-http.js';
import { QueryGuard } from './http/query.guard.js';
import { RequestsUnderWay } from './http/requests-under-way.js';
import { JobQueue } from './jobs/job-queue.js';
import { JobRegistry } from './jobs/job-registry.js';
import { JobSchedule } from './jobs/job-schedule.js';
import { Readiness } from './health/readiness.js';
import { Budgets } from './limits/budgets.js';
import { CallAllowances } from './limits/call-allowances.js';
import { HandshakeQueue } from './limits/handshake-queue.js';
import { SocketAllowances } from './limits/socket-allowances.js';
import { Mailer } from './mail/mailer.js';
import { NodeLease } from './nodes/node-lease.js';
import { OutboxBacklog } from './outbox/outbox.backlog.js';
import { Outbox } from './outbox/outbox.js';
import { OutboxRelay } from './outbox/outbox.relay.js';
import { Metrics } from './telemetry/metrics.js';

/** What every feature may use: the event bus, the outbox with its relay, the registry of jobs, the node's lease. */
@Global()
@Module({
  providers: [
    Budgets,
    CallAllowances,
    EventBus,
    HandshakeQueue,
    IdempotencyStore,
    IdempotencySweeper,
    JobQueue,
    JobRegistry,
    JobSchedule,
    Mailer,
    Metrics,
    NodeLease,
    Outbox,
    OutboxBacklog,
    OutboxRelay,
    OutgoingHttp,
    Readiness,
    RequestsUnderWay,
    SocketAllowances,
    { provide: APP_GUARD, useClass: QueryGuard },
  ],
  exports: [
    Budgets,
    CallAllowances,
    EventBus,
    HandshakeQueue,
    IdempotencyStore,
    JobRegistry,
    JobSchedule,
    Mailer,
    Metrics,
    NodeLease,
    Outbox,
    OutgoingHttp,
    SocketAllowances,
  ],
})
export class PlatformModule {}
