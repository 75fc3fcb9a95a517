import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Random } from '../random.js';
import type { Delivery } from '../whatsapp/cloud-api.js';
import { type Line, PhoneLine } from '../whatsapp/phone-line.js';
import { signBody } from '../whatsapp/signature.js';
import { noCounts } from './counts.js';
import { Courier } from './courier.js';
import { WebhookSender } from './webhook-sender.js';

const SECRET = 'for tests';
const CHAT = { id: 1, customer: 5, teamId: 'sales' };
const LINE: Line = { metadata: { display_phone_number: '12025550100', phone_number_id: '1' }, teamName: 'Sales' };

/** A webhook that answers with `statuses` in turn, then with 200, and keeps what it took. */
class Webhook {
  readonly bodies: string[] = [];
  private readonly server: Server;

  constructor(statuses: number[] = [], body = '') {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const bytes = Buffer.concat(chunks).toString('utf8');
        const good = request.headers['x-hub-signature-256'] === signBody(SECRET, bytes);
        const status = statuses.shift() ?? (good ? 200 : 401);
        if (status === 200) this.bodies.push(bytes);
        response.writeHead(status).end(status === 200 ? '' : body);
      });
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** Sends `messages` messages and waits until each is counted or one failed. */
async function sendTo(
  webhook: Webhook,
  messages: number,
): Promise<{ counts: ReturnType<typeof noCounts>; error: unknown }> {
  const url = await webhook.open();
  const counts = noCounts();
  const phone = new PhoneLine(new Random(1), 'run');
  const failed: { error: unknown } = { error: null };
  const courier = new Courier(new AbortController().signal);
  const sender = new WebhookSender(url, SECRET, courier, new Random(3), counts, (error) => (failed.error = error));
  for (let i = 0; i < messages; i++) sender.add(phone.message(LINE, CHAT, i === 0));
  sender.flush();
  while (counts.inbound < messages && failed.error === null) await new Promise((resolve) => setTimeout(resolve, 5));
  webhook.close();
  return { counts, error: failed.error };
}

describe('WebhookSender', () => {
  it('signs the bytes it sends, alone or several together, each message once', async () => {
    const webhook = new Webhook();
    const { counts } = await sendTo(webhook, 60);
    const deliveries = webhook.bodies.map((body) => JSON.parse(body) as Delivery);
    const sizes = deliveries.map(({ entry }) => entry[0]?.changes[0]?.value.messages?.length ?? 0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(60);
    expect(Math.min(...sizes)).toBe(1);
    expect(Math.max(...sizes)).toBeGreaterThan(1);
    expect(counts).toMatchObject({ inbound: 60, failed: 0 });
  });

  it('delivers again after a 503, as Meta does', async () => {
    const webhook = new Webhook([503], 'upstream is away');
    expect((await sendTo(webhook, 1)).counts.inbound).toBe(1);
    expect(webhook.bodies).toHaveLength(1);
  });

  it('does not insist when Muster refuses', async () => {
    const body = JSON.stringify({ code: 'signature_invalid', detail: 'no', status: 401, retryable: false });
    const { error } = await sendTo(new Webhook([401], body), 1);
    expect(error).toHaveProperty('code', 'signature_invalid');
  });
});
