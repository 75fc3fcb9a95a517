import { useEffect, useState } from 'react';
import type { LiveRoster, LiveStatus, RosterView } from '#client';

export interface RosterSample {
  status: LiveStatus;
  view: RosterView | null;
  /** Milliseconds since the view was last known to be current. */
  ageMs: number;
}

const NOTHING: RosterSample = { status: 'connecting', view: null, ageMs: 0 };

/** The roster at a pace for people: every `everyMs`, and at once when what it is worth changes. */
export function useSampledRoster(roster: LiveRoster | null, everyMs: number): RosterSample {
  const [sample, setSample] = useState<RosterSample>(NOTHING);
  useEffect(() => {
    if (!roster) return setSample(NOTHING);
    let status: LiveStatus | null = null;
    const take = (): void => {
      const { current, ageMs } = roster;
      status = current.status;
      setSample({ status, view: current.view, ageMs });
    };
    const timer = window.setInterval(take, everyMs);
    const stop = roster.subscribe(() => {
      const { current } = roster;
      if (current.status !== status) take();
    });
    take();
    return () => {
      window.clearInterval(timer);
      stop();
    };
  }, [roster, everyMs]);
  return sample;
}
