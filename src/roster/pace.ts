/** Beyond this it is busy. Half as much, coming at random, stays below it nearly always. */
const QUIET_PER_SECOND = 200;

/** Whether little has happened lately: then everything is sent at once, else it is collected. Pure; times are monotonic. */
export class Pace {
  private readonly limit: number;
  private start = 0;
  private current = 0;
  private previous = 0;

  constructor(private readonly windowMs: number) {
    this.limit = (QUIET_PER_SECOND * windowMs) / 1_000;
  }

  /** So much happened now. */
  note(count: number, now: number): void {
    this.roll(now);
    this.current += count;
  }

  /** Over the last window, the part of it that reaches into the one before included. */
  isQuiet(now: number): boolean {
    this.roll(now);
    const share = 1 - (now - this.start) / this.windowMs;
    return this.current + this.previous * share <= this.limit;
  }

  private roll(now: number): void {
    const passed = Math.floor((now - this.start) / this.windowMs);
    if (passed <= 0) return;
    this.previous = passed === 1 ? this.current : 0;
    this.current = 0;
    this.start += passed * this.windowMs;
  }
}
