/** Whether a delivery comes from Chatwoot. Pure. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What Chatwoot says in `X-Chatwoot-Signature` and `X-Chatwoot-Timestamp`. */
export interface Signed {
  signature: string | undefined;
  /** Seconds since 1970. */
  timestamp: string | undefined;
}

const SIGNATURE = /^sha256=([0-9a-f]{64})$/i;
const SECONDS = /^\d{1,11}$/;
const TOLERANCE_MS = 5 * 60_000;

/** Whether one of the secrets signed these bytes, within five minutes of `now`. */
export function isSignedByChatwoot(secrets: readonly string[], raw: Buffer, signed: Signed, now: number): boolean {
  const given = SIGNATURE.exec(signed.signature ?? '')?.[1];
  const { timestamp = '' } = signed;
  if (!given || !SECONDS.test(timestamp) || Math.abs(now - Number(timestamp) * 1_000) > TOLERANCE_MS) return false;
  const bytes = Buffer.from(given, 'hex');
  return secrets.some((secret) => timingSafeEqual(bytes, hmac(secret, timestamp, raw)));
}

function hmac(secret: string, timestamp: string, raw: Buffer): Buffer {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(raw).digest();
}
