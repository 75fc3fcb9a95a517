import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { Budgets } from '../../platform/limits/budgets.js';
import type { Throttle } from '../../platform/limits/throttle.js';

/** Waits at most this long for a turn: others have things to send, too. */
const PATIENCE_MS = 3_000;

/** How fast a number of ours sends, over all nodes: no faster than its throughput at Meta. */
@Injectable()
export class ChannelPace {
  private readonly throttle: Throttle;

  constructor(budgets: Budgets, config: Config) {
    this.throttle = budgets.throttle('whatsapp-channel', config.whatsappMessagesPerSecond);
  }

  /** Whether it is the channel's turn, now or after a short wait. */
  async isFree(channelId: string): Promise<boolean> {
    for (const end = performance.now() + PATIENCE_MS; ;) {
      const wait = await this.throttle.take(channelId);
      if (wait === 0) return true;
      if (performance.now() + wait > end) return false;
      await pause(wait);
    }
  }
}
