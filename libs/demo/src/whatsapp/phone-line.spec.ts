import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Random } from '../random.js';
import { type Happening, type Message, packDelivery } from './cloud-api.js';
import { type Line, PhoneLine } from './phone-line.js';
import { signBody } from './signature.js';

const LINE: Line = {
  metadata: { display_phone_number: '15550100', phone_number_id: '555010000000001' },
  teamName: 'Sales',
};
const CHAT = { id: 1, customer: 5, teamId: 'sales' };
const NOW = Date.parse('2026-11-23T10:15:30.500Z');

function phone(seed = 1, run = 'run'): PhoneLine {
  return new PhoneLine(new Random(seed), run, () => NOW);
}

function messages(happenings: Happening[]): Message[] {
  return happenings.flatMap((happening) => ('message' in happening ? [happening.message] : []));
}

/** Enough messages of a conversation under way to meet every kind. */
function plenty(): Message[] {
  const line = phone();
  line.answer(CHAT, 1);
  return messages(Array.from({ length: 5_000 }, () => line.message(LINE, CHAT, false)));
}

describe('PhoneLine', () => {
  it('reports a message as the Cloud API does', () => {
    const happening = phone().message(LINE, CHAT, false);
    expect(packDelivery('4711', [happening])).toEqual({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '4711',
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                metadata: LINE.metadata,
                contacts: [{ profile: { name: expect.any(String) }, wa_id: '12025550105' }],
                messages: [
                  expect.objectContaining({
                    from: '12025550105',
                    id: expect.stringMatching(/^wamid\.[A-Za-z0-9+/=]+$/),
                    timestamp: '1795428930',
                    type: expect.any(String),
                  }),
                ],
              },
            },
          ],
        },
      ],
    });
  });

  it('sends every kind of content, each under the key that names it', () => {
    const kinds = new Set<string>();
    for (const message of plenty()) {
      kinds.add(message.type);
      expect(message).toHaveProperty(message.type === 'unsupported' ? 'errors' : message.type);
    }
    expect([...kinds].toSorted()).toEqual(
      ['audio', 'button', 'contacts', 'document', 'image', 'interactive', 'location'].concat([
        'order',
        'reaction',
        'sticker',
        'text',
        'unsupported',
        'video',
      ]),
    );
  });

  it('reacts to and quotes only what the agent wrote', () => {
    const line = phone();
    const answer = line.answer(CHAT, 1);
    const later = messages(Array.from({ length: 2_000 }, () => line.message(LINE, CHAT, false)));
    const quoted = later.flatMap(({ context }) => (context ? [context.id] : []));
    const reacted = later.flatMap((message) => (message.type === 'reaction' ? [message.reaction.message_id] : []));
    expect(new Set([...quoted, ...reacted])).toEqual(new Set([answer]));
    line.forget(CHAT);
    const fresh = messages(Array.from({ length: 2_000 }, () => line.message(LINE, CHAT, true)));
    expect(fresh.filter((message) => message.context || message.type === 'reaction')).toEqual([]);
  });

  it('never repeats an id, in this run or the next', () => {
    const ids = (run: string): string[] => {
      const line = phone(1, run);
      const inbound = messages(Array.from({ length: 500 }, () => line.message(LINE, CHAT, false))).map(({ id }) => id);
      return [...inbound, ...Array.from({ length: 500 }, (_, i) => line.answer(CHAT, i))];
    };
    expect(new Set([...ids('a'), ...ids('b')]).size).toBe(2_000);
  });

  it('reports statuses under the id of the answer', () => {
    const line = phone();
    const id = line.answer(CHAT, 7);
    const [delivery] = packDelivery('1', [line.status(LINE, CHAT, 7, 'read')]).entry;
    expect(delivery?.changes[0]?.value.statuses).toEqual([
      { id, status: 'read', timestamp: '1795428930', recipient_id: '12025550105' },
    ]);
    expect(line.status(LINE, CHAT, 7, 'sent')).toHaveProperty('status.pricing.category', 'service');
    expect(line.status(LINE, CHAT, 7, 'failed')).toHaveProperty('status.errors.0.code', 131_026);
  });
});

describe('packDelivery', () => {
  it('keeps the order, parts numbers and kinds, and names each sender once', () => {
    const line = phone();
    const other: Line = { ...LINE, metadata: { display_phone_number: '15550101', phone_number_id: '2' } };
    const happenings = [
      line.message(LINE, CHAT, true),
      line.status(LINE, CHAT, 1, 'sent'),
      line.message(other, { ...CHAT, customer: 6 }, true),
      line.message(LINE, CHAT, false),
    ];
    const values = packDelivery('1', happenings).entry[0]?.changes.map(({ value }) => value) ?? [];
    expect(values.map(({ metadata }) => metadata.phone_number_id)).toEqual(['555010000000001', '555010000000001', '2']);
    expect(values[0]?.contacts).toHaveLength(1);
    expect(values[0]?.messages).toEqual(messages([...happenings.slice(0, 1), ...happenings.slice(3)]));
    expect(values[1]).not.toHaveProperty('messages');
  });
});

describe('signBody', () => {
  it('is the HMAC of the bytes, umlauts included', () => {
    const body = '{"text":"Grüße 🙏"}';
    const expected = createHmac('sha256', 'secret').update(Buffer.from(body)).digest('hex');
    expect(signBody('secret', body)).toBe(`sha256=${expected}`);
    expect(signBody('secret', `${body} `)).not.toBe(`sha256=${expected}`);
  });
});
