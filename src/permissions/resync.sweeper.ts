import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { Repeated } from '../platform/repeated.js';
import { ResyncService } from './resync.service.js';

/** Every 15 seconds: whatever is behind and not on its way is enqueued again. */
@Injectable()
export class ResyncSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweep: Repeated;

  constructor(
    private readonly config: Config,
    resync: ResyncService,
  ) {
    this.sweep = new Repeated('the re-sync sweep', 15_000, () => resync.sweep());
  }

  onApplicationBootstrap(): void {
    if (this.config.roles.has('worker')) this.sweep.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.sweep.stop();
  }
}
