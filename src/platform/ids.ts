import { v7 } from 'uuid';

/** A new id: a UUID of version 7, monotonic within a process, so that ids sort by creation. */
export function newId(): string {
  return v7();
}
