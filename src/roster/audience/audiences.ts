/**
 * The audiences of one workspace on this node, and when they are sent something: at once while it is quiet; under load
 * once a tick, or a little sooner where there is much to send and little time goes to it.
 *
 * Who calls: the workspace's roster. Guaranteed: what is sent goes out in slices, between which the node answers
 * others; a tick ends before the next begins, which waits for it; who joins waits for nobody, and nothing is sent for
 * it. What must never happen: a node that can't hear of a revocation because it is busy sending.
 */
import type { ResyncReason } from '#contracts';
import { notFound } from '../../platform/errors/problem.exception.js';
import { Pace } from '../pace.js';
import type { Change, Projection } from '../projection/projection.js';
import { Audience, type Flushed, type Joined, type Known, type Tick, type Viewer } from './audience.js';
import type { View } from './view.js';

/** What a subscriber asks for. */
export interface Subscription {
  /** Names the audience. */
  name: string;
  namespace: string;
  view: (projection: Projection) => View;
  known: Known;
}

/** At most one part in so many of the event loop's time goes to flushes while it is quiet, and under load. */
const QUIET_SHARE = 3;
const BUSY_SHARE = 10;
/** Under load a tick may be shortened to this, once so many changes of agents are collected: then frames are full anyway. */
const SHORT_TICK = 0.6;
const FULL = 50;

/** Of sending at a time. */
const SLICE_MS = 2;

export class Audiences {
  private readonly audiences = new Map<string, Audience>();
  private timer: NodeJS.Timeout | null = null;
  /** For who was busy, or came too short: nobody else waits for them. */
  private retry: NodeJS.Timeout | null = null;
  private flushedAt = 0;
  /** Changes of agents since then. */
  private collected = 0;
  /** How long the last flush took, or the present one has so far. */
  private flushMs = 0;
  private underWay: Generator<void, void> | null = null;
  private nextSlice: NodeJS.Immediate | undefined;
  /** What is asked for while a tick is under way, and begins when it is over. */
  private next: 'send' | 'beat' | null = null;
  private flushes = 0;

  constructor(
    private readonly projection: Projection,
    private readonly tickMs: number,
    private readonly pace: Pick<Pace, 'note' | 'isQuiet'> = new Pace(tickMs),
    private readonly sliceMs = SLICE_MS,
  ) {}

  get isEmpty(): boolean {
    return this.audiences.size === 0;
  }

  /** At a boundary much changes at once; that is no load. */
  absorb(change: Change): void {
    if (!change.isBoundary) this.pace.note(change.agents.length, performance.now());
    this.collected += change.agents.length;
    for (const audience of this.audiences.values()) audience.absorb(change);
  }

  /** Sends what was absorbed: now, or when the tick is over. */
  send(): void {
    if (this.timer || this.isEmpty) return;
    if (this.underWay) return void (this.next ??= 'send');
    const now = performance.now();
    const wait = this.flushedAt + this.apart(now) - now;
    if (wait <= 0) return this.flush();
    const look = this.flushedAt + this.tickMs * SHORT_TICK - now;
    this.timer = setTimeout(() => this.look(), look > 0 ? Math.min(look, wait) : wait);
  }

  /** Sends everything, and that the views are current. */
  beat(): void {
    if (this.underWay) this.next = 'beat';
    else this.flush({ isBeat: true });
  }

  /** Lets a viewer in. 404 when what it asks for doesn't exist. */
  join(viewer: Viewer, subscription: Subscription): Joined {
    const { name, known } = subscription;
    const audience = this.validAudience(name) ?? this.create(subscription);
    if (!audience.isValid) throw notFound('team');
    this.audiences.set(name, audience);
    return audience.join(viewer, known, this.tick(), () => this.send());
  }

  hasViewer(name: string, viewerId: string): boolean {
    return this.audiences.get(name)?.has(viewerId) ?? false;
  }

  /** The viewer leaves one audience, or all. */
  leave(viewerId: string, name?: string): void {
    for (const [known, audience] of this.audiences) {
      if (name !== undefined && name !== known) continue;
      audience.leave(viewerId);
      if (audience.isEmpty) this.audiences.delete(known);
    }
  }

  /** Everybody is to subscribe again; nothing is sent any more. */
  dismiss(reason: ResyncReason | null): void {
    this.callOff();
    clearImmediate(this.nextSlice);
    this.underWay = null;
    this.next = null;
    if (reason) for (const audience of this.audiences.values()) audience.dismiss(reason);
    this.audiences.clear();
  }

  /** One that isn't valid any more ends with the next flush: who joins before that begins another. */
  private validAudience(name: string): Audience | null {
    const audience = this.audiences.get(name);
    if (!audience || audience.isValid) return audience ?? null;
    this.end(name, audience);
    return null;
  }

  private create({ name, namespace, view }: Subscription): Audience {
    return new Audience(name, namespace, this.projection.epoch, view(this.projection));
  }

  private tick(): Tick {
    return { id: this.flushes, now: performance.now(), asOf: this.projection.at, sliceMs: this.sliceMs };
  }

  private flush({ isBeat } = { isBeat: this.next === 'beat' }): void {
    this.finish();
    this.next = null;
    this.callOff();
    this.flushedAt = performance.now();
    this.flushMs = 0;
    this.collected = 0;
    this.flushes++;
    this.underWay = this.steps(this.tick(), isBeat);
    this.advance(this.sliceMs);
  }

  private *steps(tick: Tick, isBeat: boolean): Generator<void, void> {
    const results = new Set<Flushed>();
    for (const [name, audience] of this.audiences) {
      if (audience.isValid) results.add(yield* audience.flush(tick));
      else this.end(name, audience);
    }
    if (isBeat) for (const audience of this.audiences.values()) yield* audience.beat(tick);
    if (results.has('more')) this.again(Math.min(this.sliceMs * QUIET_SHARE, this.tickMs));
    else if (results.has('busy')) this.again(this.tickMs);
  }

  /** How far flushes keep apart now. */
  private apart(now: number): number {
    if (this.pace.isQuiet(now)) return Math.min(this.flushMs * QUIET_SHARE, this.tickMs);
    if (this.collected < FULL) return this.tickMs;
    return Math.min(Math.max(this.flushMs * BUSY_SHARE, this.tickMs * SHORT_TICK), this.tickMs);
  }

  private look(): void {
    this.timer = null;
    this.send();
  }

  private again(ms: number): void {
    this.retry ??= setTimeout(() => this.flush(), ms);
  }

  private callOff(): void {
    for (const timer of [this.timer, this.retry]) if (timer) clearTimeout(timer);
    this.timer = null;
    this.retry = null;
  }

  /** Sends for so long, and goes on after others had their turn. */
  private advance(ms: number): void {
    const begun = performance.now();
    while (this.underWay) {
      if (this.underWay.next().done) this.underWay = null;
      if (performance.now() - begun >= ms) break;
    }
    this.flushMs += performance.now() - begun;
    if (this.underWay) this.nextSlice = setImmediate(() => this.goOn());
  }

  private goOn(): void {
    this.advance(this.sliceMs);
    if (this.underWay) return;
    const { next } = this;
    this.next = null;
    if (next === 'beat') this.beat();
    else if (next === 'send') this.send();
  }

  /** Sends the rest of what is under way. */
  private finish(): void {
    clearImmediate(this.nextSlice);
    this.advance(Infinity);
  }

  private end(name: string, audience: Audience): void {
    audience.dismiss('scope_gone');
    this.audiences.delete(name);
  }
}
