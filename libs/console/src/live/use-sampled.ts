import { useEffect, useState } from 'react';
import type { LiveStatus, RosterView, ViewState } from '#client';

/** A live view at one moment. */
export interface Sample<View> {
  status: LiveStatus;
  view: View | null;
  /** Milliseconds since the view was last known to be current. */
  ageMs: number;
}

export type RosterSample = Sample<RosterView>;

interface Sampled<View> {
  readonly current: ViewState<View>;
  readonly ageMs: number;
  subscribe(listener: () => void): () => void;
}

const NOTHING = { status: 'connecting', view: null, ageMs: 0 } as const;

/** A live view at a pace for people: every `everyMs`, and at once when what it is worth changes. */
export function useSampled<View>(live: Sampled<View> | null, everyMs: number): Sample<View> {
  const [sample, setSample] = useState<Sample<View>>(NOTHING);
  useEffect(() => {
    if (!live) return setSample(NOTHING);
    let status: LiveStatus | null = null;
    const take = (): void => {
      const { current, ageMs } = live;
      status = current.status;
      setSample({ status, view: current.view, ageMs });
    };
    const timer = window.setInterval(take, everyMs);
    const stop = live.subscribe(() => {
      const { current } = live;
      if (current.status !== status) take();
    });
    take();
    return () => {
      window.clearInterval(timer);
      stop();
    };
  }, [live, everyMs]);
  return sample;
}
