/** Roster rows: how one is made, and what differs between two. Pure. */
import type { LoadView, RosterRow, WaitingView } from '#contracts';

/** The fields of a row that change, as bits. */
export const FIELD = { name: 1, teamId: 2, status: 4, presence: 8, load: 16, waiting: 32, density: 64 } as const;
export const ALL_FIELDS = 127;
/** What follows from the conversations assigned to the agent. */
export const CONVERSATION_FIELDS = FIELD.load | FIELD.waiting;
/** What somebody who assigns conversations sees of an assignable agent. */
export const ASSIGNABLE_FIELDS = FIELD.name | FIELD.teamId | FIELD.load | FIELD.density;

type FieldName = keyof typeof FIELD;
export const FIELD_NAMES = Object.keys(FIELD) as FieldName[];

/** `open` of `capacity`. */
export function loadOf(open: number, capacity: number): LoadView {
  return { open, capacity, ratio: capacity === 0 ? null : open / capacity };
}

/** Waiting conversations by the times they wait since; null: nobody waits. */
export function waitingOf(since: Iterable<number | null>): WaitingView {
  let count = 0;
  let oldest = Infinity;
  for (const time of since) {
    if (time === null) continue;
    count++;
    if (time < oldest) oldest = time;
  }
  return { count, oldestAt: count === 0 ? null : new Date(oldest).toISOString() };
}

/** The bits of the fields in which two rows differ; what isn't shared is compared by value. */
export function differing(before: RosterRow, after: RosterRow): number {
  let bits = 0;
  for (const name of FIELD_NAMES) if (!isSame(before[name], after[name])) bits |= FIELD[name];
  return bits;
}

/** Whether two wire values are equal: scalars, or flat objects or lists of scalars. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [one, other] = [a, b] as Record<string, unknown>[];
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

/** The newer row, sharing with the older what is equal. */
export function sharing(before: RosterRow, after: RosterRow): RosterRow {
  const { presence, load, waiting, density } = before;
  return {
    ...after,
    presence: isSame(presence, after.presence) ? presence : after.presence,
    load: isSame(load, after.load) ? load : after.load,
    waiting: isSame(waiting, after.waiting) ? waiting : after.waiting,
    density: isSame(density, after.density) ? density : after.density,
  };
}
