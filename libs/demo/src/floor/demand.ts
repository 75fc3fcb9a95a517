import { Bursts, nextArrival } from './arrivals.js';
import { readCurve } from './day.js';
import { AGENT, CUSTOMER, logNormalMean, type TeamProfile } from './profiles.js';
import type { Random } from '../random.js';

const HOURS = 24;

/**
 * When customers of one team write. The demand follows the team's size, so that the floor is neither idle nor drowned
 * whatever its size: by Little's law (1961) the open conversations are arrivals × time in the conversation.
 */
export class Demand {
  private readonly bursts: Bursts;
  private readonly mean: number;
  private readonly peak: number;

  constructor(
    private readonly random: Random,
    private readonly profile: TeamProfile,
    private readonly hourAt: (at: number) => number,
  ) {
    this.bursts = new Bursts(random.fork('bursts'));
    this.mean = profile.curve.reduce((sum, value) => sum + value, 0) / profile.curve.length;
    this.peak = Math.max(...profile.curve);
  }

  /** When the next customer writes, given how many conversations the whole team could have at once. */
  next(from: number, capacity: number): number {
    const base = this.baseRate(capacity);
    const rate = (at: number): number =>
      base * readCurve(this.profile.curve, this.hourAt(at)) * this.bursts.factorAt(at);
    return nextArrival(this.random, from, rate, base * this.peak * Bursts.MAX);
  }

  /** Conversations per millisecond where the curve is 1. */
  private baseRate(capacity: number): number {
    const onShift = (capacity * AGENT.shiftHours) / HOURS;
    return (onShift * this.profile.load) / (meanDuration(this.profile) * this.mean);
  }
}

/** Roughly how long a conversation lasts, as the model of `chat.ts` has it. */
export function meanDuration(profile: TeamProfile): number {
  const others = 1.5;
  const answer = logNormalMean(profile.replyMs * (1 + AGENT.slowdown * others), AGENT.replySigma);
  const question = logNormalMean(CUSTOMER.replyMs, CUSTOMER.replySigma);
  const exchange = answer + question + AGENT.another * 5_500 + (CUSTOMER.another / (1 - CUSTOMER.another)) * 4_250;
  return profile.exchanges * exchange + logNormalMean(AGENT.wrapUpMs, AGENT.wrapUpSigma);
}
