/**
 * The audiences of one workspace on this node, and when they are sent something: at once while it is quiet, once a
 * tick under load.
 */
import type { ResyncReason } from '#contracts';
import { notFound } from '../../platform/errors/problem.exception.js';
import { Pace } from '../pace.js';
import type { Change, Projection } from '../projection/projection.js';
import { Audience, type Joined, type Known, type Tick, type Viewer } from './audience.js';
import type { View } from './view.js';

/** What a subscriber asks for. */
export interface Subscription {
  /** Names the audience. */
  name: string;
  namespace: string;
  view: (projection: Projection) => View;
  known: Known;
}

export class Audiences {
  private readonly audiences = new Map<string, Audience>();
  private timer: NodeJS.Timeout | null = null;
  private flushedAt = 0;
  private flushes = 0;

  constructor(
    private readonly projection: Projection,
    private readonly tickMs: number,
    private readonly pace: Pick<Pace, 'note' | 'isQuiet'> = new Pace(tickMs),
  ) {}

  get isEmpty(): boolean {
    return this.audiences.size === 0;
  }

  /** At a boundary much changes at once; that is no load. */
  absorb(change: Change): void {
    if (!change.isBoundary) this.pace.note(change.agents.length, performance.now());
    for (const audience of this.audiences.values()) audience.absorb(change);
  }

  /** Sends what was absorbed: now, or when the tick is over. */
  send(): void {
    if (this.timer || this.isEmpty) return;
    const now = performance.now();
    const wait = this.flushedAt + this.tickMs - now;
    if (wait <= 0 || this.pace.isQuiet(now)) this.flush();
    else this.timer = setTimeout(() => this.flush(), wait);
  }

  /** Sends everything, and that the views are current. */
  beat(): void {
    const tick = this.flush();
    for (const audience of this.audiences.values()) audience.beat(tick);
  }

  /** Lets a viewer in. 404 when what it asks for doesn't exist. */
  join(viewer: Viewer, subscription: Subscription): Joined {
    const tick = this.flush();
    const { name, known } = subscription;
    const audience = this.audiences.get(name) ?? this.create(subscription);
    if (!audience.isValid) throw notFound('team');
    this.audiences.set(name, audience);
    return audience.join(viewer, known, tick, () => this.send());
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
    if (this.timer) clearTimeout(this.timer);
    if (reason) for (const audience of this.audiences.values()) audience.dismiss(reason);
    this.audiences.clear();
  }

  private create({ name, namespace, view }: Subscription): Audience {
    return new Audience(name, namespace, this.projection.epoch, view(this.projection));
  }

  private flush(): Tick {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.flushedAt = performance.now();
    const tick: Tick = { id: ++this.flushes, now: this.flushedAt, asOf: this.projection.at };
    let isComplete = true;
    for (const [name, audience] of this.audiences) {
      if (!audience.isValid) this.end(name, audience);
      else if (!audience.flush(tick)) isComplete = false;
    }
    if (!isComplete) this.timer = setTimeout(() => this.flush(), this.tickMs);
    return tick;
  }

  private end(name: string, audience: Audience): void {
    audience.dismiss('scope_gone');
    this.audiences.delete(name);
  }
}
