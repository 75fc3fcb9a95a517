import fc from 'fast-check';
import {
  type Conversation,
  conversationEvent,
  conversationOf,
  type Message,
  messageEvent,
  VERSIONS,
} from '../../test/support/chatwoot/deliveries.js';
import { readChatwootEvent } from './chatwoot-payload.js';

const NOW = Date.UTC(2026, 10, 23, 12);
const user = { id: 3, name: 'Ana Souza', email: 'Ana@Example.com' };
const base: Conversation = {
  id: 42,
  customer: { id: 55, name: 'Rui Costa', phone_number: '+351912345678' },
  assignee: user,
  changedAt: NOW,
};

describe.each(VERSIONS)('a delivery of Chatwoot %s', (version) => {
  const read = (body: unknown) => readChatwootEvent(body, 1, NOW);
  const message = (told: Message) => read(messageEvent(version, { at: NOW, ...told }, base));
  const standing = {
    conversationId: 42,
    status: 'open',
    userId: 3,
    changedAt: NOW / 1_000,
    customer: { id: 55, name: 'Rui Costa', phone: '+351912345678' },
  };

  it.each(['conversation_created', 'conversation_updated', 'conversation_status_changed', 'conversation_opened'])(
    'tells how a conversation stands: %s',
    (event) => {
      expect(read(conversationEvent(version, event, base))).toEqual({ ...standing, message: null });
    },
  );

  it.each([
    ['open', 'open'],
    ['pending', 'open'],
    ['snoozed', 'open'],
    ['resolved', 'resolved'],
  ] as const)('knows %s as %s', (status, expected) => {
    expect(read(conversationEvent(version, 'conversation_updated', { ...base, status }))).toMatchObject({
      status: expected,
    });
  });

  it("tells of a customer's message", () => {
    const expected = { id: 7, direction: 'inbound', at: NOW, writer: null };
    expect(message({ id: 7 })).toEqual({ ...standing, message: expected });
  });

  it('tells of an answer, and who wrote it', () => {
    const expected = { id: 8, direction: 'outbound', at: NOW, writer: { userId: 3, email: 'ana@example.com' } };
    expect(message({ id: 8, type: 'outgoing', user })).toEqual({ ...standing, message: expected });
  });

  it.each<[string, Message]>([
    ['a private note', { id: 9, type: 'outgoing', user, private: true }],
    ['an activity', { id: 9, type: 'activity' }],
    ['a template', { id: 9, type: 'template' }],
    ['a campaign', { id: 9, type: 'outgoing', user: null }],
    ['what a bot wrote', { id: 9, type: 'outgoing', bot: true }],
    ['a message of last month', { id: 9, at: NOW - 30 * 24 * 3_600_000 }],
    ['a message without an id', { id: 0 }],
  ])('does not count %s, but knows how the conversation stands', (_what, told) => {
    expect(message(told)).toEqual({ ...standing, message: null });
  });

  it('knows a bot is nobody', () => {
    expect(read(conversationEvent(version, 'conversation_updated', { ...base, bot: true }))).toMatchObject({
      userId: null,
    });
  });

  it('skips what is of another account, wherever that is said', () => {
    expect(read(messageEvent(version, { id: 7 }, { ...base, account: 2 }))).toBe('account');
    expect(read(conversationEvent(version, 'conversation_updated', { ...base, account: 2 }))).toBe('account');
  });

  it('skips other events', () => {
    expect(read({ ...conversationOf(version, base), event: 'conversation_typing_on' })).toBe('event');
    expect(read({ event: 'contact_updated', id: 55 })).toBe('event');
    expect(read({ event: 'constructor' })).toBe('event');
  });

  it.each([
    ['no conversation', { event: 'message_created', id: 7 }],
    ['no customer', { ...conversationEvent(version, 'conversation_updated', base), meta: {} }],
    ['no status', { ...conversationEvent(version, 'conversation_updated', base), status: null }],
    ['no object', []],
    ['nothing', null],
  ])('is malformed with %s', (_what, body) => {
    expect(read(body)).toBe('malformed');
  });
});

describe('reading what Chatwoot delivers', () => {
  it('reads times as Ruby prints them, and numbers', () => {
    const of = (created_at: unknown) => {
      const read = readChatwootEvent({ ...messageEvent('2.13', { id: 7 }, base), created_at }, 1, NOW);
      return typeof read === 'object' ? read.message?.at : read;
    };
    expect(of('2026-11-23 12:00:00 UTC')).toBe(NOW);
    expect(of(NOW / 1_000)).toBe(NOW);
    expect(of('yesterday')).toBeUndefined();
  });

  it('keeps a number that is none out, and names short', () => {
    const customer = { id: 55, name: `Rui\u0000${'x'.repeat(500)}`, phone_number: '12345' };
    const read = readChatwootEvent(conversationEvent('4.1', 'conversation_created', { ...base, customer }), 1, NOW);
    expect(read).toMatchObject({ customer: { phone: null, name: `Rui ${'x'.repeat(96)}` } });
  });

  it('never throws, whatever comes', () => {
    const names = ['message_created', 'conversation_updated'];
    const body = fc.record(
      {
        event: fc.constantFrom(...names),
        id: fc.anything(),
        created_at: fc.anything(),
        message_type: fc.oneof(fc.constant('outgoing'), fc.anything()),
        sender: fc.anything(),
        account: fc.anything(),
        messages: fc.anything(),
        status: fc.anything(),
        meta: fc.oneof(fc.record({ sender: fc.anything(), assignee: fc.anything() }), fc.anything()),
        conversation: fc.anything(),
      },
      { requiredKeys: ['event'] },
    );
    fc.assert(fc.property(body, (given) => void readChatwootEvent(given, 1, NOW)));
  });
});
