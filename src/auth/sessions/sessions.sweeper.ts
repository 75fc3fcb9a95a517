import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { Repeated } from '../../platform/repeated.js';
import { SessionsService } from './sessions.service.js';

const EVERY_MS = 10 * 60_000;

/** Deletes what nobody needs any more of sessions and tokens, on nodes with the worker role. */
@Injectable()
export class SessionsSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweep: Repeated;

  constructor(
    sessions: SessionsService,
    private readonly config: Config,
  ) {
    this.sweep = new Repeated('the sweep of sessions', EVERY_MS, () => sessions.forget());
  }

  onApplicationBootstrap(): void {
    if (this.config.roles.has('worker')) this.sweep.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.sweep.stop();
  }
}
