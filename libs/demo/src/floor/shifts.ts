import { hoursUntil } from './day.js';

const HOURS = 24;

/** From which local hour, and for how many. */
export interface Shift {
  start: number;
  hours: number;
}

/**
 * Who of a team works when. Staff follows the expected demand, as a planner would have it: each agent gets the shift
 * that covers the hours with the most demand per planned head, so that coverage comes out proportional to the curve.
 */
export class ShiftPlan {
  private readonly heads = new Array<number>(HOURS).fill(0);

  constructor(
    private readonly curve: readonly number[],
    private readonly hours: number,
  ) {}

  /** Plans one more agent. */
  add(): Shift {
    const gains = this.heads.map((_, start) => this.gain(start));
    const start = gains.indexOf(Math.max(...gains));
    for (const hour of this.hoursFrom(start)) this.heads[hour] = (this.heads[hour] ?? 0) + 1;
    return { start, hours: this.hours };
  }

  private gain(start: number): number {
    return this.hoursFrom(start).reduce(
      (sum, hour) => sum + (this.curve[hour] ?? 0) / (1 + (this.heads[hour] ?? 0)),
      0,
    );
  }

  private hoursFrom(start: number): number[] {
    return Array.from({ length: this.hours }, (_, i) => (start + i) % HOURS);
  }
}

/** Hours that are left of the shift at a local hour; 0 outside of it. */
export function hoursLeft(shift: Shift, hour: number): number {
  return Math.max(0, shift.hours - hoursUntil(shift.start, hour));
}
