import { Injectable } from '@nestjs/common';
import type { DensityView } from '#contracts';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { windowsOf } from './density.queries.js';

/** Density as HTTP answers show it: counted from the stored interactions, so it is what was acknowledged. */
@Injectable()
export class DensityService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The windows of the agents that had interactions in the last hour. */
  async of(workspaceId: string, agentIds: string[]): Promise<Map<string, DensityView>> {
    if (agentIds.length === 0) return new Map();
    return windowsOf(this.database.of(workspaceId), agentIds, this.clock.now());
  }
}
