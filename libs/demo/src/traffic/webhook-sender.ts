import type { Problem } from '#contracts';
import { MusterProblem, MusterUnreachable } from '#client';
import type { Random } from '../random.js';
import { type Happening, packDelivery } from '../whatsapp/cloud-api.js';
import { signBody } from '../whatsapp/signature.js';
import type { TrafficCounts } from './counts.js';
import type { Courier } from './courier.js';

/** The business account that deliveries name. */
const ACCOUNT_ID = '555010000000000';
/** How often a delivery carries only one happening, and how many it carries otherwise. */
const ALONE = 0.6;
const MOST = 8;
/** Meta delivers again what it believes to have got lost. */
const REPEATED = 0.01;
const REPEAT_AFTER_MS = 4_000;
const TIMEOUT_MS = 10_000;

/**
 * Delivers to Muster's webhook as Meta does: signed bytes, one or several happenings at a time, now and then twice.
 * What happens first is sent first, except that a repeat comes late.
 */
export class WebhookSender {
  private waiting: Happening[] = [];
  private readonly address: string;

  constructor(
    url: string,
    private readonly appSecret: string,
    private readonly courier: Courier,
    private readonly random: Random,
    private readonly counts: TrafficCounts,
    private readonly onError: (error: unknown) => void,
  ) {
    this.address = `${url}/api/v1/webhooks/whatsapp`;
  }

  add(happening: Happening): void {
    this.waiting.push(happening);
  }

  /** Sends what has happened since. */
  flush(): void {
    while (this.waiting.length > 0) {
      const size = this.random.chance(ALONE) ? 1 : this.random.integer(2, MOST);
      this.deliver(this.waiting.splice(0, size));
    }
  }

  private deliver(happenings: Happening[]): void {
    const body = JSON.stringify(packDelivery(ACCOUNT_ID, happenings));
    const send = (): Promise<void> => this.courier.send(() => this.post(body));
    send().then(() => this.delivered(happenings), this.onError);
    if (this.random.chance(REPEATED))
      setTimeout(() => void send().then(() => this.repeated(), this.onError), REPEAT_AFTER_MS).unref();
  }

  private delivered(happenings: Happening[]): void {
    const messages = happenings.filter((happening) => 'message' in happening).length;
    this.counts.inbound += messages;
    this.counts.statuses += happenings.length - messages;
  }

  private repeated(): void {
    this.counts.repeated += 1;
  }

  private async post(body: string): Promise<void> {
    const response = await this.reach(body);
    const answer = await response.text().catch(() => '');
    if (!response.ok) throw failureOf(response, answer);
  }

  private async reach(body: string): Promise<Response> {
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'facebookexternalua',
      'x-hub-signature-256': signBody(this.appSecret, body),
    };
    try {
      return await fetch(this.address, { method: 'POST', headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (cause) {
      throw new MusterUnreachable(`Muster's webhook at ${this.address} can't be reached`, { cause });
    }
  }
}

function failureOf(response: Response, answer: string): Error {
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  try {
    const problem = JSON.parse(answer) as Problem;
    if (problem.code) return new MusterProblem(problem, Number.isFinite(seconds) ? seconds * 1_000 : null);
  } catch {
    // Something before Muster answered: not a problem object.
  }
  return new MusterUnreachable(`Muster's webhook answered ${response.status}`);
}
