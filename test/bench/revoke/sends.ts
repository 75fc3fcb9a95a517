/** What a node last sent one client: an event, a positive acknowledgement, or a 2xx answer. */
export interface Sent {
  /** The client's. */
  port: number;
  firstAt: number;
  lastAt: number;
  /** What it began with. */
  head: string;
}

/** A connection of an agent's, while it was theirs. */
export interface Owned {
  port: number;
  from: number;
  until: number;
}

/** What was sent to the agent after `since`, over connections that were theirs; another's later use of a port is not. */
export function sentAfter(since: number, sent: readonly Sent[], owned: readonly Owned[]): Sent[] {
  return sent.filter(
    ({ port, firstAt, lastAt }) =>
      lastAt > since && owned.some((own) => own.port === port && firstAt >= own.from && firstAt <= own.until),
  );
}
