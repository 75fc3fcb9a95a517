import { Clock } from '../../src/platform/clock.js';

/** Real time that a test can move on. */
export class TestClock extends Clock {
  private ahead = 0;

  override now(): number {
    return super.now() + this.ahead;
  }

  advance(ms: number): void {
    this.ahead += ms;
  }
}
