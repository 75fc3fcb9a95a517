import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { Repeated } from '../platform/repeated.js';
import { ResyncService } from './resync.service.js';

/** At boot and every 15 seconds: whatever is behind and not on its way is enqueued again. */
@Injectable()
export class ResyncSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ResyncSweeper.name);
  private readonly repeated: Repeated;
  private first: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: Config,
    private readonly resync: ResyncService,
  ) {
    this.repeated = new Repeated('the re-sync sweep', 15_000, () => this.sweep());
  }

  onApplicationBootstrap(): void {
    if (!this.config.roles.has('worker')) return;
    this.first = this.sweep().catch((error: unknown) => this.logger.warn({ err: error }, 'the first sweep failed'));
    this.repeated.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.first;
    await this.repeated.stop();
  }

  private async sweep(): Promise<void> {
    const found = await this.resync.sweep();
    if (found > 0) this.logger.warn(`${found} teams were behind and nothing was on its way to them: enqueued again`);
  }
}
