import fc from 'fast-check';
import { RECORDED_AT, recordedDelivery } from '../../test/support/whatsapp/recorded.js';
import { readDelivery } from './whatsapp-payload.js';

const NOW = (RECORDED_AT + 100) * 1_000;
const ANA = { phone: '+351912345678', userId: 'PT.13491208655302741918', name: 'Ana Figueira' };
const LINE = '106540352242922';

const read = (body: unknown) => readDelivery(body, NOW)!;
const recorded = (name: string) => read(recordedDelivery(name));
const seconds = (at: number) => at / 1_000 - RECORDED_AT;

describe('readDelivery', () => {
  it.each([
    ['text', 1],
    ['media', 5],
    ['location-and-contacts', 2],
    ['interactive', 3],
    ['button', 1],
    ['reaction', 2],
    ['order', 1],
    ['referral', 1],
    ['unsupported', 1],
  ])('counts what a customer sends as inbound: %s', (name, count) => {
    const { messages, skipped } = recorded(name);
    expect(messages).toHaveLength(count);
    expect(skipped).toEqual([]);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(count);
    for (const message of messages)
      expect(message).toMatchObject({ ...ANA, direction: 'inbound', phoneNumberId: LINE });
  });

  it('takes the time from the message', () => {
    expect(recorded('text').messages.map(({ at }) => seconds(at))).toEqual([1]);
  });

  it.each([
    ['system', ['notice']],
    ['notices', ['notice', 'notice', 'notice']],
  ])('does not count what is no message: %s', (name, skipped) => {
    expect(recorded(name)).toEqual({ messages: [], reports: [], skipped });
  });

  it('takes sent, delivered and read for the same outbound message', () => {
    const { messages } = recorded('statuses');
    expect(messages.map(({ direction, at }) => [direction, seconds(at)])).toEqual([
      ['outbound', 10],
      ['outbound', 12],
      ['outbound', 40],
    ]);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(1);
    expect(messages[0]).toMatchObject(ANA);
  });

  it('reads what became of messages, and does not count that one failed', () => {
    expect(recorded('statuses').reports.map(({ status, at }) => [status, seconds(at)])).toEqual([
      ['sent', 10],
      ['delivered', 12],
      ['read', 40],
    ]);
    expect(recorded('status-failed')).toMatchObject({
      messages: [],
      reports: [{ status: 'failed', whatsappCode: 131_026, phoneNumberId: LINE, reference: null }],
      skipped: [],
    });
  });

  it('reads what is written in messages of every kind', () => {
    const contents = (name: string) => recorded(name).messages.map(({ content }) => content);
    expect(contents('text')).toEqual([{ kind: 'text', text: 'Does it come in another color?' }]);
    expect(contents('button')).toEqual([{ kind: 'button', text: expect.any(String) }]);
    expect(contents('media').map((content) => content?.kind)).toEqual(
      expect.arrayContaining(['image', 'audio', 'document']),
    );
    expect(contents('unsupported')).toEqual([{ kind: 'unsupported', text: null }]);
    expect(contents('statuses')).toEqual([null, null, null]);
  });

  it('takes messages from the Business app as outbound', () => {
    const { messages, skipped } = recorded('echoes');
    expect(messages).toMatchObject([{ ...ANA, direction: 'outbound', phoneNumberId: LINE }]);
    expect(skipped).toEqual(['notice']);
  });

  it('knows a customer whose number is withheld by the user id', () => {
    expect(recorded('username').messages).toMatchObject([
      { phone: null, userId: 'DE.1830274650918273', name: 'Mia', direction: 'inbound' },
      { phone: null, userId: 'DE.1830274650918273', name: null, direction: 'outbound' },
    ]);
  });

  it('takes messages of groups as the participant’s', () => {
    expect(recorded('group').messages).toMatchObject([
      { phone: ANA.phone, direction: 'inbound' },
      { phone: ANA.phone, direction: 'outbound' },
    ]);
  });

  it('reads several entries, changes and numbers in one delivery, in their order', () => {
    const { messages, skipped } = recorded('mixed');
    expect(messages.map(({ phone, phoneNumberId, direction }) => [phone, phoneNumberId, direction])).toEqual([
      [ANA.phone, LINE, 'inbound'],
      ['+5511987654321', LINE, 'inbound'],
      [ANA.phone, '209876543210987', 'inbound'],
      [ANA.phone, LINE, 'outbound'],
    ]);
    expect(messages.map(({ name }) => name)).toEqual(['Ana Figueira', 'Benício', 'Ana Figueira', 'Ana Figueira']);
    expect(skipped).toEqual(['field']);
  });

  it('loses nothing but what is malformed, and takes the customer from the only contact there is', () => {
    const { messages, skipped } = recorded('malformed');
    expect(messages.map(({ at, phone }) => [seconds(at), phone])).toEqual([1, 2, 3].map((at) => [at, ANA.phone]));
    expect(skipped).toEqual(Array(7).fill('malformed'));
  });

  it('skips what is too old or too far ahead, so that it can not be counted again once its id is forgotten', () => {
    const body = JSON.stringify(recordedDelivery('text'));
    const at = (time: number) => read(JSON.parse(body.replace(`${RECORDED_AT + 1}`, String(time))));
    const now = NOW / 1_000;
    expect(at(now - 7 * 86_400).messages).toHaveLength(1);
    expect(at(now - 7 * 86_400 - 1).skipped).toEqual(['at_out_of_range']);
    expect(at(now + 300).messages).toHaveLength(1);
    expect(at(now + 301).skipped).toEqual(['at_out_of_range']);
  });

  it('knows what is no delivery of WhatsApp', () => {
    for (const body of [null, 7, 'x', [], {}, { object: 'whatsapp_business_account' }, { entry: {} }]) {
      expect(readDelivery(body, NOW)).toBeNull();
    }
    expect(read({ object: 'instagram', entry: [{}] })).toEqual({ messages: [], reports: [], skipped: ['object'] });
    expect(read({ object: 'whatsapp_business_account', entry: [] })).toEqual({
      messages: [],
      reports: [],
      skipped: [],
    });
  });

  it('survives anything in any place', () => {
    const names = ['text', 'statuses', 'echoes', 'username', 'group', 'mixed'];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat({ max: 200 }), fc.jsonValue(), (name, place, value) => {
        let position = 0;
        const body: unknown = JSON.parse(JSON.stringify(recordedDelivery(name)), (_, old: unknown) =>
          position++ === place ? value : old,
        );
        for (const message of readDelivery(body, NOW)?.messages ?? []) {
          expect(message.phone ?? message.userId).toEqual(expect.any(String));
          expect(message.phone ?? '+1234567').toMatch(/^\+[1-9]\d{6,14}$/);
          expect(Number.isSafeInteger(message.at)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('cuts and cleans names', () => {
    const body = JSON.stringify(recordedDelivery('text')).replace('Ana Figueira', `\\u0000 ${'🙂'.repeat(150)}`);
    expect(read(JSON.parse(body)).messages[0]?.name).toBe('🙂'.repeat(100));
  });
});
