/**
 * Everybody who sees the same of a workspace: one frame per tick, encoded once, for all of them.
 *
 * Who calls: the workspace's roster, which absorbs changes, flushes at each tick and beats at each boundary.
 * Guaranteed: a member gets a delta only if its `prev` is where the member stands, and none before it has its
 * snapshot (`activate`); a member that could not take a frame is caught up later from where it stands, or told to
 * subscribe again. What must never happen: a frame to a member that has left.
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
   * Sends what was absorbed, a member a step: a frame is a system call for each, and others may run in between. False:
   * somebody is behind and must be caught up at a later tick.
   */
  *flush(tick: Tick): Generator<void, boolean> {
    const prev = this.offset;
    const body = this.view.drain();
    if (body) this.offset = this.nextOffset;
    // Made before the first step: they end here, and more may be absorbed between steps.
    const frames = this.missedFrames(prev, tick);
    if (body) frames.set(prev, this.deltaFrame(prev, body, tick));
    let isComplete = true;
    for (const member of this.members.values()) {
      if (!member.isActive || member.offset === this.offset) continue;
      if (!this.bring(member, frames.get(member.offset), tick)) isComplete = false;
      yield;
    }
    return isComplete;
  }

  /** Says that the view is current, a member a step. Who is behind hears nothing: to them it would be a gap. */
  *beat(tick: Tick): Generator<void, void> {
    const frame = this.frame('heartbeat', this.position(tick));
    for (const { viewer, offset, isActive } of this.members.values()) {
      if (!isActive || offset !== this.offset) continue;
      viewer.write(frame, tick.id, tick.now);
      yield;
    }
  }

  /**
   * Lets a viewer in. Call `flush` before: it begins where the audience stands. `onBehind` is called when it is
   * activated and has missed something meanwhile.
   */
  join(viewer: Viewer, known: Known, tick: Tick, onBehind: () => void): Joined {
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

  /** What members missed that stand before `prev` and are ready for it, by where they stand; null: not known any more. */
  private missedFrames(prev: number, tick: Tick): Map<number, Frame | null> {
    const frames = new Map<number, Frame | null>();
    for (const { viewer, offset, isActive } of this.members.values()) {
      if (!isActive || offset === prev || frames.has(offset)) continue;
      if (viewer.isReady(tick.id, tick.now)) frames.set(offset, this.missedFrame(offset, tick));
    }
    return frames;
  }

  /** Brings a member to where the audience stands. False: it is to be tried again. */
  private bring(member: Member, frame: Frame | null | undefined, tick: Tick): boolean {
    if (frame === null) {
      this.lose(member.viewer);
      return true;
    }
    if (!frame || !member.viewer.write(frame, tick.id, tick.now)) return false;
    member.offset = this.offset;
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
