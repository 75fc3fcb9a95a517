import { Injectable } from '@nestjs/common';
import type { WebhookFailure, WebhookPayload } from '#contracts';
import { Clock } from '../platform/clock.js';
import { OutgoingError, OutgoingHttp } from '../platform/http/outgoing/outgoing-http.js';
import { version } from '../platform/version.js';
import { PhoneVault } from '../privacy/phone-vault.js';
import type { Claimed } from './delivery.queries.js';
import { signatures } from './signature.js';

/** What became of an attempt; without a failure it was delivered. */
export interface Attempt {
  responseStatus: number | null;
  failure: WebhookFailure | null;
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const NAME_ERRORS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENODATA']);
const TLS_ERRORS = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_/;

/** Makes one attempt at a delivery: signed, and only to where `OutgoingHttp` lets it. */
@Injectable()
export class WebhookSender {
  constructor(
    private readonly http: OutgoingHttp,
    private readonly vault: PhoneVault,
    private readonly clock: Clock,
  ) {}

  async send(claimed: Claimed): Promise<Attempt> {
    const secrets = this.secretsOf(claimed);
    return secrets ? this.sendSigned(claimed, secrets) : { responseStatus: null, failure: 'secret_unreadable' };
  }

  private async sendSigned(claimed: Claimed, secrets: string[]): Promise<Attempt> {
    const { id, event: type, data, url, occurredAt } = claimed;
    const payload: WebhookPayload = { type, timestamp: new Date(occurredAt).toISOString(), data };
    const body = JSON.stringify(payload);
    const seconds = Math.floor(this.clock.now() / 1_000);
    const headers = {
      'content-type': 'application/json',
      'user-agent': `Muster/${version}`,
      'webhook-id': id,
      'webhook-timestamp': String(seconds),
      'webhook-signature': signatures(secrets, id, seconds, body),
    };
    const request = { method: 'POST', url, headers, body, timeoutMs: TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES } as const;
    try {
      const { status } = await this.http.send(request);
      return { responseStatus: status, failure: status >= 200 && status < 300 ? null : 'status' };
    } catch (error) {
      if (!(error instanceof OutgoingError)) throw error;
      return { responseStatus: null, failure: failureOf(error) };
    }
  }

  /** Null: they were encrypted with another key. */
  private secretsOf({ workspaceId, secret, previousSecret }: Claimed): string[] | null {
    const sealed = previousSecret ? [secret, previousSecret] : [secret];
    try {
      return sealed.map((each) => this.vault.open('webhook-secret', workspaceId, each));
    } catch {
      return null;
    }
  }
}

function failureOf({ failure, code }: OutgoingError): WebhookFailure {
  if (failure === 'refused') return 'address_refused';
  if (code === 'timeout' || code === 'too_large') return code;
  if (NAME_ERRORS.has(code)) return 'name_not_found';
  return TLS_ERRORS.test(code) ? 'tls' : 'connection';
}
