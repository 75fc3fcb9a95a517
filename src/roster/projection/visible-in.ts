/** A `pg_current_snapshot()`, taken apart. Ids are 64 bits, beyond what a number holds exactly. */
export interface Snapshot {
  /** All ids below are visible or were rolled back. */
  xmin: bigint;
  /** No id from here on is visible. */
  xmax: bigint;
  /** In between: those that were in progress, and so are not visible. */
  inProgress: ReadonlySet<bigint>;
}

/** Parses PostgreSQL's text form, `xmin:xmax:xip,xip,…`. */
export function parseSnapshot(text: string): Snapshot {
  const [xmin = '0', xmax = '0', list = ''] = text.split(':');
  const inProgress = list === '' ? [] : list.split(',').map(BigInt);
  return { xmin: BigInt(xmin), xmax: BigInt(xmax), inProgress: new Set(inProgress) };
}

/** Whether what the committed transaction `xid` wrote was seen by `snapshot`: `pg_visible_in_snapshot`. */
export function visibleIn(snapshot: Snapshot, xid: string): boolean {
  const id = BigInt(xid);
  if (id < snapshot.xmin) return true;
  return id < snapshot.xmax && !snapshot.inProgress.has(id);
}
