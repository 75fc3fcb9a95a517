import { useLiveStatus } from './live-dashboard.js';
import { StatusPill } from './freshness.js';

/** On screens with numbers that don't come live, or not all of them: says that the connection is lost, while it is. */
export function ConnectionNote() {
  const status = useLiveStatus();
  return status === 'resuming' || status === 'stale' ? <StatusPill status={status} /> : null;
}
