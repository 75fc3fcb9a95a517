import { createHmac } from 'node:crypto';

/** The value of `X-Hub-Signature-256` for exactly these bytes. */
export function signBody(appSecret: string, body: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body, 'utf8').digest('hex')}`;
}
