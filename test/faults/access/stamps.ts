/** What the nodes wrote down, as sends that the checker can judge. */
import type { Send } from './history.js';

type Stamp = [at: number, port: number, channel: 'http' | 'socket', status: number, raw: boolean, head: string];

/** Told to somebody who is being sent away, or who may know that: by contract always allowed. */
const EXEMPT_EVENTS = /^42[^[]*\["(session\.closed|permissions\.changed)"/;
const EVENT = /^42/;
const POSITIVE_ACK = /^43[^[]*\[\{"ok":true/;

/** The sends among the lines of one node. A line cut off by a kill is none. */
export function readStamps(node: number, lines: readonly string[]): Send[] {
  return lines.flatMap((line) => {
    const stamp = parse(line);
    if (!stamp || !isSend(stamp)) return [];
    const [at, port, channel, , raw, head] = stamp;
    return [{ node, port, at, channel, raw, head }];
  });
}

function isSend([, , channel, status, , head]: Stamp): boolean {
  if (channel === 'http') return status >= 200 && status < 300;
  return (EVENT.test(head) && !EXEMPT_EVENTS.test(head)) || POSITIVE_ACK.test(head);
}

function parse(line: string): Stamp | null {
  try {
    return JSON.parse(line) as Stamp;
  } catch {
    return null;
  }
}
