import { Injectable } from '@nestjs/common';

/** The server's time. Injected, so that tests own it. */
@Injectable()
export class Clock {
  /** Milliseconds since 1970. */
  now(): number {
    return Date.now();
  }

  date(): Date {
    return new Date(this.now());
  }
}
