import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Repeated } from '../../platform/repeated.js';
import { Receipts } from './receipts.service.js';

/** Runs the sweep on every node: whichever lives finishes the receipts of those that don't. */
@Injectable()
export class ReceiptsSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweep: Repeated;

  constructor(receipts: Receipts) {
    this.sweep = new Repeated('the sweep of receipts', 5_000, () => receipts.sweep());
  }

  onApplicationBootstrap(): void {
    this.sweep.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.sweep.stop();
  }
}
