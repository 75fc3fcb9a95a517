import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** When the deliveries in this folder happen, in seconds since 1970. */
export const RECORDED_AT = 1_795_428_000;

/** A delivery of this folder as it is: payloads in the shapes of Meta's webhook reference. */
export function recordedDelivery(name: string): unknown {
  return JSON.parse(textOf(name));
}

/** A delivery of this folder as if it happened now, with messages that nobody has seen. `name` without `.json`. */
export function freshDelivery(name: string, now = Date.now()): string {
  const shift = Math.floor(now / 1000) - 60 - RECORDED_AT;
  const unique = randomBytes(6).toString('hex');
  return textOf(name)
    .replaceAll(/("timestamp": ")(\d{10})"/g, (_, key: string, seconds: string) => `${key}${Number(seconds) + shift}"`)
    .replaceAll(/"wamid\.[^"]+/g, (wamid) => `${wamid}${unique}`);
}

function textOf(name: string): string {
  return readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8');
}
