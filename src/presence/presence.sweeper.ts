import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Repeated } from '../platform/repeated.js';
import { PresenceService } from './presence.service.js';

/** Runs the sweep on every node, so that no node's death leaves agents connected for ever. */
@Injectable()
export class PresenceSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweep: Repeated;

  constructor(presence: PresenceService) {
    this.sweep = new Repeated('the presence sweep', 1_000, () => presence.sweep());
  }

  onApplicationBootstrap(): void {
    this.sweep.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.sweep.stop();
  }
}
