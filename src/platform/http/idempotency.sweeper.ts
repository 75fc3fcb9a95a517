import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Repeated } from '../repeated.js';
import { IdempotencyStore } from './idempotency-store.js';

/** Every ten minutes: what is older than a day is forgotten. */
@Injectable()
export class IdempotencySweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweep: Repeated;

  constructor(
    private readonly config: Config,
    store: IdempotencyStore,
  ) {
    this.sweep = new Repeated('the sweep of idempotency keys', 600_000, () => store.sweep());
  }

  onApplicationBootstrap(): void {
    if (this.config.roles.has('worker')) this.sweep.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.sweep.stop();
  }
}
