/**
 * Which conversation, and so which agent, each interaction of a run is about: computed alike by who posts and by who
 * watches, so that a change on a screen can be told to be that of a post. Pure.
 */

/** Interactions of a run, numbered from 0 in the order in which they are due. */
export interface Traffic {
  seed: number;
  /** Interactions a second. */
  rate: number;
  /** Interactions in one post. */
  batch: number;
  seconds: number;
}

/** Any of so many, as if at random. */
export function pick(seed: number, n: number, count: number): number {
  let mixed = (seed + Math.imul(n, 0x9e37_79b1)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) % count;
}

/** Posts a second. */
export function postsPerSecond({ rate, batch }: Traffic): number {
  return rate / batch;
}

/** When interaction `n` is due, in ms from the first. */
export function dueMs(traffic: Traffic, n: number): number {
  return (Math.floor(n / traffic.batch) * 1000) / postsPerSecond(traffic);
}
