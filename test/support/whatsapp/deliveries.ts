import { createHmac } from 'node:crypto';
import { APP_SECRET } from '../nodes.js';

/** The value of `X-Hub-Signature-256` for these bytes. */
export function signatureOf(body: string | Buffer, secret = APP_SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** Delivers as Meta does: signed, unless told otherwise. */
export function deliver(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/api/v1/webhooks/whatsapp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(body), ...headers },
    body,
  });
}
