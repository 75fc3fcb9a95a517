/**
 * Gives conversations that nobody has to agents of their team, where the team has that on (`autoAssign`).
 *
 * Who calls: the queue's workers. A team's queue is its open conversations without an assignee; whatever may let
 * somebody take one (it was opened, an agent became available or has room, the team's settings changed) leaves a row in
 * the outbox, by triggers, in its own transaction. Guaranteed: what waits longest goes first, to who had it if that
 * agent can take it, else to the least loaded; each is given in a transaction of its own under the same rule and locks
 * as by hand; a team with a long queue takes turns with others; a sweep asks again for what was missed. What must never
 * happen: a conversation given to who may not have it, or one that waits while somebody could take it.
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Database, sql } from '../platform/database/database.js';
import { EventBus } from '../platform/events/event-bus.js';
import { type JobContext, JobRegistry } from '../platform/jobs/job-registry.js';
import { JobSchedule } from '../platform/jobs/job-schedule.js';
import { Outbox } from '../platform/outbox/outbox.js';
import { AssignmentService } from './assignment.service.js';
import type { ConversationState } from './conversation.events.js';
import { NEXT_SQL, SWEEP_SQL } from './queue.queries.js';

declare module '../platform/jobs/job-registry.js' {
  interface Jobs {
    /** Gives what waits in a team's queue to its agents. The key is the team's id. */
    'conversations.offer': true;
  }
}

const OFFER = 'conversations.offer';
/** How many a team gets rid of before others have their turn. */
const TURN = 50;
const SWEEP_EVERY_MS = 15_000;

@Injectable()
export class ConversationQueue implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly assignment: AssignmentService,
    private readonly registry: JobRegistry,
    private readonly schedule: JobSchedule,
    private readonly outbox: Outbox,
    private readonly bus: EventBus,
  ) {}

  onModuleInit(): void {
    this.registry.own(OFFER, (context) => this.takeTurn(context));
    this.schedule.own('conversations.queue', { everyMs: SWEEP_EVERY_MS, run: () => this.sweep() });
  }

  /** Asks for what waits although somebody could take it. */
  async sweep(): Promise<void> {
    await this.database.pool.query(SWEEP_SQL);
  }

  private async takeTurn(context: JobContext): Promise<void> {
    for (let given = 0; given < TURN; given++) if (!(await this.offerNext(context))) return;
    await this.giveWay(context);
  }

  /** Gives one away; when there is none that anybody can take, the work is finished. */
  private async offerNext({ workspaceId, key: teamId }: JobContext): Promise<boolean> {
    const state = await this.database.transaction(workspaceId, async (em) => {
      const asked = await this.outbox.unfinished(em, OFFER, teamId);
      const given = await this.offer(em, workspaceId, teamId);
      if (!given) await this.outbox.finish(em, asked);
      return given;
    });
    if (state) await this.bus.publish('conversation.changed', { workspaceId, conversations: [state] });
    return state !== null;
  }

  private async offer(em: EntityManager, workspaceId: string, teamId: string): Promise<ConversationState | null> {
    const [next] = await sql<{ id: string }>(em, NEXT_SQL, [workspaceId, teamId]);
    return next ? this.assignment.offer(em, next.id) : null;
  }

  /** The rest comes after what others asked for meanwhile. */
  private async giveWay({ workspaceId, key: teamId }: JobContext): Promise<void> {
    await this.database.transaction(workspaceId, async (em) => {
      await this.outbox.finish(em, await this.outbox.unfinished(em, OFFER, teamId));
      await this.outbox.add(em, workspaceId, OFFER, [teamId]);
    });
  }
}
