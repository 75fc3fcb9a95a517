import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { PresenceService } from './presence.service.js';

const EVERY_MS = 1_000;

/** Runs the sweep on every node, so that no node's death leaves agents connected for ever. */
@Injectable()
export class PresenceSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(PresenceSweeper.name);
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly presence: PresenceService) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.sweep().finally(() => this.schedule());
    }, EVERY_MS);
  }

  private async sweep(): Promise<void> {
    try {
      await this.presence.sweep();
    } catch (error) {
      this.logger.warn({ err: error }, 'the presence sweep failed; it runs again');
    }
  }
}
