import { describe, expect, it } from '@jest/globals';
import type { MessageView } from '#client';
import { inOrder, type MessageLog, withMessage } from './message-log.js';

const at = (second: number) => `2026-11-23T10:00:0${second}.000Z`;
const message = (id: string, second: number, rest: Partial<MessageView> = {}) =>
  ({ id, text: id, at: at(second), statusAt: at(second), status: 'received', ...rest }) as MessageView;

function log(...pages: MessageView[][]): MessageLog {
  return { pages: pages.map((data) => ({ data, page: { next: null, hasMore: false } })), pageParams: [null] };
}

describe('the messages of a conversation', () => {
  it('are in order, the oldest first, and each once', () => {
    const kept = log([message('c', 3), message('b', 2)], [message('b', 2), message('a', 1)]);
    expect(inOrder(kept).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('take up a new one, and what became of a known one, in whatever order that is told', () => {
    const sent = message('b', 2, { status: 'sent', statusAt: at(4) });
    const told = withMessage(withMessage(log([message('a', 1)]), sent), message('b', 2, { status: 'queued' }));
    expect(inOrder(told).map(({ id, status }) => [id, status])).toEqual([
      ['a', 'received'],
      ['b', 'sent'],
    ]);
    expect(inOrder(withMessage(told, { ...sent, status: 'read', statusAt: at(2) })).at(-1)?.status).toBe('read');
  });
});
