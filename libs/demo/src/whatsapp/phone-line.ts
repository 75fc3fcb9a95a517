import type { ChatRef, MessageStatus } from '../floor/intents.js';
import type { Random } from '../random.js';
import type { Happening, Message, Metadata, Status } from './cloud-api.js';
import { chooseContent } from './contents.js';
import { customerAt } from './customers.js';
import type { TakenMessage } from './fake-cloud-api.js';

/** The business number of a team. */
export interface Line {
  metadata: Metadata;
  teamName: string;
}

/** How much of a second message quotes the one it answers, and how many first ones come from an ad. */
const QUOTES = 0.12;
const FROM_AD = 0.08;
const UNDELIVERABLE = {
  code: 131_026,
  title: 'Message undeliverable',
  message: 'Message undeliverable',
  error_data: { details: 'Message Undeliverable.' },
};

/**
 * Turns what customers do into what WhatsApp reports about it. Ids are unique over all runs: a wamid that was used
 * before would rightly be taken for a repeat.
 */
export class PhoneLine {
  private count = 0;
  private readonly lastAnswer = new Map<number, string>();

  constructor(
    private readonly random: Random,
    /** Differs from run to run. */
    private readonly run: string,
    private readonly now: () => number = Date.now,
  ) {}

  /** A message of the customer arrives at the line. */
  message(line: Line, chat: ChatRef, first: boolean): Happening {
    const contact = customerAt(chat.customer);
    const answers = this.lastAnswer.get(chat.id) ?? null;
    const content = chooseContent(this.random, { teamName: line.teamName, first, answers });
    const message: Message = {
      from: contact.wa_id,
      id: this.wamid(contact.wa_id, `in${++this.count}`),
      timestamp: this.seconds(),
      ...content,
      ...(answers && content.type === 'text' && this.random.chance(QUOTES) && this.quoting(line, answers)),
      ...(first && this.random.chance(FROM_AD) && { referral: this.referral() }),
    };
    return { metadata: line.metadata, contact, message };
  }

  /** The wamid of an agent's message. */
  answer(chat: ChatRef, message: number): string {
    const wamid = this.wamidOf(chat, message);
    this.lastAnswer.set(chat.id, wamid);
    return wamid;
  }

  /** The customer may answer to a message that WhatsApp took. */
  answered(chat: ChatRef, { wamid }: TakenMessage): void {
    this.lastAnswer.set(chat.id, wamid);
  }

  /** What became of an agent's message. */
  status(line: Line, chat: ChatRef, message: number, status: MessageStatus, taken?: TakenMessage): Happening {
    const report: Status = {
      id: taken?.wamid ?? this.wamidOf(chat, message),
      status,
      timestamp: this.seconds(),
      recipient_id: customerAt(chat.customer).wa_id,
      ...(taken?.reference && { biz_opaque_callback_data: taken.reference }),
      ...((status === 'sent' || status === 'delivered') && this.billing(chat)),
      ...(status === 'failed' && { errors: [UNDELIVERABLE] }),
    };
    return { metadata: line.metadata, status: report };
  }

  /** The conversation is over. */
  forget(chat: ChatRef): void {
    this.lastAnswer.delete(chat.id);
  }

  private wamidOf({ customer }: ChatRef, message: number): string {
    return this.wamid(customerAt(customer).wa_id, `out${message}`);
  }

  /** As Meta's look: base64 of something with the number and a random part. */
  private wamid(number: string, part: string): string {
    return `wamid.${Buffer.from(`\x1d\x18${number}\x15\x02\x11${this.run}-${part}`, 'latin1').toString('base64')}`;
  }

  private quoting({ metadata }: Line, id: string): Pick<Message, 'context'> {
    return { context: { from: metadata.display_phone_number, id } };
  }

  private billing({ customer, id }: ChatRef): Pick<Status, 'conversation' | 'pricing'> {
    const pricing = {
      billable: false,
      pricing_model: 'PMP',
      type: 'free_customer_service',
      category: 'service',
    } as const;
    return { conversation: { id: `${this.run}${customer}x${id}`, origin: { type: 'service' } }, pricing };
  }

  private referral(): NonNullable<Message['referral']> {
    return {
      source_url: 'https://fb.me/demo-ad',
      source_id: '120210000000000000',
      source_type: 'ad',
      headline: 'Chat with us',
      body: 'Ask us anything, we answer on WhatsApp.',
      media_type: 'image',
      ctwa_clid: `demo-${this.run}-${this.count}`,
    };
  }

  private seconds(): string {
    return String(Math.floor(this.now() / 1000));
  }
}
