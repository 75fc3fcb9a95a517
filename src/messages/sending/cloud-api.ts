/**
 * Sends to WhatsApp's Cloud API.
 *
 * Who calls: the sender, once for each attempt. Guaranteed: an outcome, never an error, for whatever happens on the
 * way. What must never happen: the token, the number or the text in a log or an error.
 */
import { Injectable } from '@nestjs/common';
import { OutgoingError, OutgoingHttp, type OutgoingAnswer } from '../../platform/http/outgoing/outgoing-http.js';
import type { Recipient } from '../../privacy/contact-gate.js';
import { outcomeOf, type SendOutcome } from './send-outcome.rule.js';

/** The version of Meta's Graph API that is spoken. */
const VERSION = 'v23.0';
const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 64 * 1024;

export interface TextToSend {
  apiBaseUrl: string;
  phoneNumberId: string;
  token: string;
  recipient: Recipient;
  text: string;
  /** WhatsApp repeats it in its reports of this message. */
  reference: string;
}

@Injectable()
export class CloudApi {
  constructor(private readonly http: OutgoingHttp) {}

  async sendText({ apiBaseUrl, phoneNumberId, token, recipient, text, reference }: TextToSend): Promise<SendOutcome> {
    const { phone, userId } = recipient;
    const message = {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      ...(phone ? { to: phone.slice(1) } : { recipient: userId }),
      type: 'text',
      text: { body: text, preview_url: false },
      biz_opaque_callback_data: reference,
    };
    const url = `${apiBaseUrl.replace(/\/+$/, '')}/${VERSION}/${phoneNumberId}/messages`;
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json',
    };
    try {
      return outcomeOf(await this.post(url, headers, JSON.stringify(message)));
    } catch (error) {
      return outcomeOfFailure(error);
    }
  }

  private post(url: string, headers: Record<string, string>, body: string): Promise<OutgoingAnswer> {
    return this.http.send({ method: 'POST', url, headers, body, timeoutMs: TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES });
  }
}

/** Only what certainly was not received may be sent again. */
function outcomeOfFailure(error: unknown): SendOutcome {
  const failure = error instanceof OutgoingError ? error.failure : 'unknown';
  if (failure === 'refused') return { kind: 'failed', failure: 'channel_unusable', whatsappCode: null };
  if (failure === 'not_sent') return { kind: 'later', failure: 'unavailable', whatsappCode: null };
  return { kind: 'unknown' };
}
