/**
 * Everybody who sees the same of a workspace: one frame per tick, encoded once, for all of them.
 *
 * Who calls: the workspace's roster, which absorbs changes, flushes at each tick and beats at each boundary.
 * Guaranteed: a member gets a delta only if its `prev` is where the member stands, and none before it has its
 * snapshot (`activate`); a member that could not take a frame is caught up later from where it stands, or told to
 * subscribe again. Who joins writes nothing to others: what was collected until then is owed to them with the next
 * flush. What must never happen: a frame to a member that has left.
 */
import type { ResyncReason } from '#contracts';
import { encodeFrame, type Frame } from '../../platform/realtime/frame-sink.js';
import type { Change } from '../projection/projection.js';
import type { DeltaBody, View } from './view.js';

/** A client, as an audience needs it. */
export interface Viewer {
  readonly id: string;
  readonly isOpen: boolean;
  /** Whether it has taken what came before the tick. */
  isReady(tick: number, now: number): boolean;
  /** Writes the frame if it is ready. */
  write(frame: Frame, tick: number, now: number): boolean;
  tell(event: string, body: object): void;
}

/** When a tick happens. */
export interface Tick {
  id: number;
  /** Monotonic. */
  now: number;
  /** The server's time as of which the projection is current. */
  asOf: number;
  /** How long at most, about, it takes what can't be done a member a step. */
  sliceMs: number;
}

/** What became of a flush: everybody has everything; somebody is busy; or there was not time enough for somebody. */
export type Flushed = 'all' | 'busy' | 'more';

/** A frame that members who stand at `prev` are to have. */
interface Owed {
  prev: number;
  offset: number;
  frame: Frame;
}

/** What one flush brings, up to `offset`. */
interface Load {
  offset: number;
  owed: readonly Owed[];
  /** For members behind that, by where they stand; null: what they missed is not known any more. */
  missed: ReadonlyMap<number, Frame | null>;
}

interface Member {
  viewer: Viewer;
  offset: number;
  /** Whether its snapshot is on its way. */
  isActive: boolean;
}

/** Where an earlier view of a subscriber stands. */
export interface Known {
  epoch?: string | null;
  offset?: number | null;
}

/** What a subscriber begins with. */
export type Beginning = { subscription: string; epoch: string; offset: number; asOf: string } & (
  ({ mode: 'snapshot' } & object) | { mode: 'replay'; deltas: object[] }
);

/** A viewer that was let in: what it is sent first, and what lets its frames follow. */
export interface Joined {
  beginning: Beginning;
  /** Called once the viewer has what it begins with. */
  activate: () => void;
}

export class Audience {
  private readonly members = new Map<string, Member>();
  private offset: number;
  private nextOffset: number;
  private owed: Owed[] = [];

  constructor(
    readonly subscription: string,
    private readonly namespace: string,
    private readonly epoch: string,
    private readonly view: View,
  ) {
    this.offset = view.lastOffset();
    this.nextOffset = this.offset;
  }

  get isEmpty(): boolean {
    return this.members.size === 0;
  }

  /** Whether what it shows still exists. */
  get isValid(): boolean {
    return this.view.exists();
  }

  absorb(change: Change): void {
    if (this.view.absorb(change)) this.nextOffset = change.offset;
  }

  /**
   * Sends what was absorbed, a member a step: a frame is a system call for each, and others may run in between. Who
   * joins in between stands further on, and isn't looked at.
   */
  *flush(tick: Tick): Generator<void, Flushed> {
    this.collect(tick);
    const { offset, owed } = this;
    this.owed = [];
    // Made before the first step: they end here, and more may be absorbed between steps.
    const { missed, isCutShort } = this.missedFrames(owed, tick);
    let result: Flushed = isCutShort ? 'more' : 'all';
    for (const member of this.members.values()) {
      if (!member.isActive || member.offset >= offset) continue;
      if (!this.bring(member, { offset, owed, missed }, tick) && result === 'all') result = 'busy';
      yield;
    }
    return result;
  }

  /** Says that the view is current, a member a step. Who is behind hears nothing: to them it would be a gap. */
  *beat(tick: Tick): Generator<void, void> {
    const { offset } = this;
    const frame = this.frame('heartbeat', this.position(tick));
    for (const member of this.members.values()) {
      if (!member.isActive || member.offset !== offset) continue;
      member.viewer.write(frame, tick.id, tick.now);
      yield;
    }
  }

  /** Lets a viewer in. `onBehind` is called when it is activated and has missed something meanwhile. */
  join(viewer: Viewer, known: Known, tick: Tick, onBehind: () => void): Joined {
    this.collect(tick);
    const member: Member = { viewer, offset: this.offset, isActive: false };
    this.members.set(viewer.id, member);
    const activate = () => {
      member.isActive = true;
      if (this.members.get(viewer.id) === member && member.offset !== this.offset) onBehind();
    };
    return { beginning: this.beginning(known, tick), activate };
  }

  has(viewerId: string): boolean {
    return this.members.has(viewerId);
  }

  leave(viewerId: string): void {
    this.members.delete(viewerId);
  }

  /** Sends everybody away to subscribe again. */
  dismiss(reason: ResyncReason): void {
    for (const { viewer } of this.members.values()) this.tellResync(viewer, reason);
    this.members.clear();
  }

  private beginning(known: Known, tick: Tick): Beginning {
    const { epoch, offset, asOf } = this.position(tick);
    const isResuming = known.epoch === this.epoch && typeof known.offset === 'number';
    const deltas = isResuming ? this.replay(known.offset ?? 0, tick) : null;
    const start = { subscription: this.subscription, epoch, offset, asOf };
    return deltas ? { ...start, mode: 'replay', deltas } : { ...start, mode: 'snapshot', ...this.view.snapshot() };
  }

  /** Makes a frame of what was absorbed; the audience stands after it. */
  private collect(tick: Tick): void {
    const prev = this.offset;
    const body = this.view.drain();
    if (!body) return;
    this.offset = this.nextOffset;
    this.owed.push({ prev, offset: this.offset, frame: this.deltaFrame(prev, body, tick) });
  }

  /** What members missed that stand before what is owed and are ready for it; who is furthest behind comes first. */
  private missedFrames(owed: readonly Owed[], tick: Tick): { missed: Load['missed']; isCutShort: boolean } {
    const missed = new Map<number, Frame | null>();
    const offsets = this.missedOffsets(owed[0]?.prev ?? this.offset, tick);
    const begun = performance.now();
    for (const offset of offsets) {
      missed.set(offset, this.missedFrame(offset, tick));
      if (performance.now() - begun >= tick.sliceMs) break;
    }
    return { missed, isCutShort: missed.size < offsets.length };
  }

  private missedOffsets(before: number, tick: Tick): number[] {
    const offsets = new Set<number>();
    for (const { viewer, offset, isActive } of this.members.values()) {
      if (!isActive || offset >= before || offsets.has(offset)) continue;
      if (viewer.isReady(tick.id, tick.now)) offsets.add(offset);
    }
    return [...offsets].sort((a, b) => a - b);
  }

  /** Brings a member to where the flush ends. False: it is to be tried again. */
  private bring(member: Member, { offset, owed, missed }: Load, tick: Tick): boolean {
    const first = owed.findIndex(({ prev }) => prev === member.offset);
    if (first < 0) return this.catchUp(member, missed.get(member.offset), offset, tick);
    for (let next = first; next < owed.length; next++) {
      if (!member.viewer.write(owed[next].frame, tick.id, tick.now)) return false;
      member.offset = owed[next].offset;
    }
    return true;
  }

  private catchUp(member: Member, frame: Frame | null | undefined, offset: number, tick: Tick): boolean {
    if (frame === null) {
      this.lose(member.viewer);
      return true;
    }
    if (!frame || !member.viewer.write(frame, tick.id, tick.now)) return false;
    member.offset = offset;
    return true;
  }

  private missedFrame(offset: number, tick: Tick): Frame | null {
    const body = this.view.replay(offset);
    return body && this.deltaFrame(offset, body, tick);
  }

  private lose(viewer: Viewer): void {
    this.members.delete(viewer.id);
    this.tellResync(viewer, 'gap');
  }

  private tellResync(viewer: Viewer, reason: ResyncReason): void {
    if (viewer.isOpen) viewer.tell('resync', { subscription: this.subscription, reason });
  }

  private replay(since: number, tick: Tick): object[] | null {
    if (since === this.offset) return [];
    const body = since < this.offset ? this.view.replay(since) : null;
    return body && [this.delta(since, body, tick)];
  }

  private deltaFrame(prev: number, body: DeltaBody, tick: Tick): Frame {
    return this.frame(this.view.event, this.delta(prev, body, tick));
  }

  private delta(prev: number, body: DeltaBody, tick: Tick): object {
    return { ...this.position(tick), prev, ...body };
  }

  private position(tick: Tick) {
    const asOf = new Date(tick.asOf).toISOString();
    return { subscription: this.subscription, epoch: this.epoch, offset: this.offset, asOf };
  }

  private frame(event: string, body: object): Frame {
    return encodeFrame(this.namespace, event, JSON.stringify(body));
  }
}
