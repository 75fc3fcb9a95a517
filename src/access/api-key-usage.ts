import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';

/** A key in use is written down this often. */
const EVERY_MS = 60_000;

const NOTE_SQL = 'update api_key set last_used_at = $2 where id = $1 and revoked_at is null';

/** When API keys were last used, to the minute: nobody waits for it, and nothing depends on it. */
@Injectable()
export class ApiKeyUsage {
  private readonly noted = new Map<string, number>();
  private readonly logger = new Logger(ApiKeyUsage.name);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  note(id: string): void {
    const now = this.clock.now();
    if (now - (this.noted.get(id) ?? 0) < EVERY_MS) return;
    this.noted.set(id, now);
    this.database.pool.query(NOTE_SQL, [id, new Date(now)]).catch((error: unknown) => {
      this.logger.debug(`the use of a key was not noted: ${String(error)}`);
    });
  }
}
