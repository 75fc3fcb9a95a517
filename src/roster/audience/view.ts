import type { RosterDelta, AssignableDelta } from '#contracts';
import type { Change } from '../projection/projection.js';

/** The members of a frame that differ from topic to topic. */
export type DeltaBody = Pick<RosterDelta, 'rows' | 'removed' | 'teams'> | Pick<AssignableDelta, 'upserts' | 'removed'>;

/**
 * What one audience sees of a projection. Pure but for what it has collected.
 *
 * Guaranteed: a snapshot, then every `drain` in order, gives the snapshot of the moment; so does a replay since an
 * offset of that history.
 */
export interface View {
  /** The event that carries its changes. */
  readonly event: 'roster.delta' | 'assignable.delta';
  /** The offset of the last change that it shows. */
  lastOffset(): number;
  /** Collects what it shows of a change; false: nothing of it. */
  absorb(change: Change): boolean;
  /** What was collected since the last time; null: nothing worth a frame. */
  drain(): DeltaBody | null;
  /** All of it. Only when nothing is collected. */
  snapshot(): object;
  /** What changed after `offset`; null: that is not known any more. Only when nothing is collected. */
  replay(offset: number): DeltaBody | null;
  /** Whether it can be shown and followed: what it is limited to exists. */
  exists(): boolean;
}
