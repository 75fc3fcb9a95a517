import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { forgetIntervals } from '../platform/database/forget.js';
import { JobSchedule } from '../platform/jobs/job-schedule.js';

const DAY_MS = 24 * 3600 * 1000;

/** Forgets presence that is older than the history that is kept. */
@Injectable()
export class PresenceUpkeep implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly schedule: JobSchedule,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.schedule.own('presence.upkeep', { everyMs: DAY_MS, run: () => this.run() });
  }

  run(): Promise<void> {
    const before = new Date(this.clock.now() - this.config.keepHistoryDays * DAY_MS);
    return forgetIntervals(this.database, 'presence_interval', before);
  }
}
