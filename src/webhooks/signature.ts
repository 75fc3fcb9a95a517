/** Signatures of the Standard Webhooks specification. Pure but for the randomness of a new secret. */
import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

export function newSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/** The value of `webhook-signature`: a signature with each secret. `seconds` is that of `webhook-timestamp`. */
export function signatures(secrets: readonly string[], id: string, seconds: number, body: string): string {
  return secrets.map((secret) => `v1,${signatureWith(secret, `${id}.${seconds}.${body}`)}`).join(' ');
}

function signatureWith(secret: string, text: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return createHmac('sha256', key).update(text, 'utf8').digest('base64');
}
