import { randomBytes } from 'node:crypto';
import { FakeCloudApi, type TakenMessage } from '#demo';
import type { MusterApi } from '#client';
import type { ConversationView, Id } from '#contracts';
import { eventually } from '../eventually.js';
import { deliver } from './deliveries.js';

const TOKEN = 'the-token-of-the-line';
let lines = 0;
let customers = 0;

interface Writes {
  /** `+` and digits; null: withheld. */
  phone: string | null;
  userId?: string | null;
  text: string;
  name?: string;
  /** In milliseconds since 1970. */
  at?: number;
}

/** A WhatsApp number of Muster's: customers write to it, and what is sent from it arrives at a Cloud API of its own. */
export class Line {
  private constructor(
    readonly api: FakeCloudApi,
    readonly channelId: Id,
    private readonly phoneNumberId: string,
    private readonly url: string,
  ) {}

  static async connect(admin: MusterApi, url: string, teamId: Id | null = null): Promise<Line> {
    const api = await FakeCloudApi.start({ token: TOKEN });
    const phoneNumberId = `77${String(Date.now()).slice(-9)}${lines++}`;
    const channel = await admin.channels.create({
      name: 'Line',
      phoneNumberId,
      teamId,
      token: TOKEN,
      apiBaseUrl: api.url,
    });
    return new Line(api, channel.id, phoneNumberId, url);
  }

  /** A number that nobody has yet. */
  static newPhone(): string {
    return `+3519${String(30_000_000 + customers++)}`;
  }

  /** The customer's message is delivered. Resolves with its wamid. */
  async writes(message: Writes): Promise<string> {
    const { phone, userId } = message;
    const id = `wamid.${Buffer.from(`${phone ?? userId}${randomBytes(8).toString('hex')}`).toString('base64')}`;
    await this.repeats(id, message);
    return id;
  }

  /** A message is delivered, perhaps again. */
  async repeats(
    id: string,
    { phone, userId = null, text, name = 'Ana Figueira', at = Date.now() }: Writes,
  ): Promise<void> {
    const from = { ...(phone && { from: phone.slice(1) }), ...(userId && { from_user_id: userId }) };
    const contact = { profile: { name }, ...(phone && { wa_id: phone.slice(1) }), ...(userId && { user_id: userId }) };
    const message = { ...from, id, timestamp: seconds(at), type: 'text', text: { body: text } };
    await this.deliver({ contacts: [contact], messages: [message] });
  }

  /** WhatsApp reports what became of a message. */
  async reports(message: TakenMessage, status: string, errors?: { code: number }[], at = Date.now()): Promise<void> {
    const { wamid, to, reference } = message;
    const report = {
      id: wamid,
      status,
      timestamp: seconds(at),
      recipient_id: to,
      ...(reference && { biz_opaque_callback_data: reference }),
      ...(errors && { errors }),
    };
    await this.deliver({ statuses: [report] });
  }

  /** The message that is sent next. */
  async nextTaken(): Promise<TakenMessage> {
    const before = this.api.taken.length;
    const taken = await eventually(
      () => this.api.taken,
      (all) => all.length > before,
    );
    return taken[before];
  }

  /** The conversation of a customer, by the number. */
  static async conversationOf(api: MusterApi, phone: string): Promise<ConversationView> {
    const { data } = await api.conversations.list({ limit: 200 });
    const found = data.find(({ contact, status }) => contact.phone === phone && status === 'open');
    if (!found) throw new Error('The customer has no open conversation.');
    return found;
  }

  private async deliver(value: object): Promise<void> {
    const metadata = { display_phone_number: '15550783881', phone_number_id: this.phoneNumberId };
    const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } };
    const body = { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [change] }] };
    const answer = await deliver(this.url, JSON.stringify(body));
    if (answer.status !== 200) throw new Error(`The webhook answered ${answer.status}: ${await answer.text()}`);
  }
}

function seconds(at: number): string {
  return String(Math.floor(at / 1_000));
}
