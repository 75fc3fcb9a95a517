/** What the traffic did so far. */
export interface TrafficCounts {
  /** Messages of customers, statuses and repeats that were delivered to the webhook. */
  inbound: number;
  statuses: number;
  repeated: number;
  /** Answers of agents that Muster took. */
  outbound: number;
  assigned: number;
  /** Assignments for which nobody was free. */
  refused: number;
  resolved: number;
  /** Requests that Muster refused for another reason. */
  failed: number;
}

export function noCounts(): TrafficCounts {
  return { inbound: 0, statuses: 0, repeated: 0, outbound: 0, assigned: 0, refused: 0, resolved: 0, failed: 0 };
}
