import { describe, expect, it } from '@jest/globals';
import type { ConversationView, Permission } from '#client';
import { rightsOn } from './conversation-rights.js';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const OPEN: Pick<ConversationView, 'status' | 'assignee' | 'windowExpiresAt'> = {
  status: 'open',
  assignee: null,
  windowExpiresAt: '2026-11-23T10:00:01Z',
};
const mine = { assignee: { id: 'me', name: 'Me' } };
const theirs = { assignee: { id: 'them', name: 'Them' } };
const on = (what: Partial<typeof OPEN>, ...permissions: Permission[]) =>
  rightsOn({ ...OPEN, ...what }, { id: 'me', permissions }, NOW);

describe('what one may do with a conversation', () => {
  it('is to take what nobody has, and with inbox.assign also what others have', () => {
    expect(on({}, 'inbox.reply').take).toBe(true);
    expect(on(theirs, 'inbox.reply').take).toBe(false);
    expect(on(theirs, 'inbox.reply', 'inbox.assign').take).toBe(true);
    expect(on(mine, 'inbox.reply', 'inbox.assign').take).toBe(false);
    expect(on({}, 'inbox.assign').take).toBe(false);
  });

  it('is to end and reopen what is nobody’s or one’s own, with inbox.assign also others’', () => {
    expect(on(mine, 'inbox.reply')).toMatchObject({ resolve: true, reopen: false });
    expect(on(theirs, 'inbox.reply').resolve).toBe(false);
    expect(on(theirs, 'inbox.assign').resolve).toBe(true);
    expect(on({ ...mine, status: 'resolved' }, 'inbox.reply')).toMatchObject({ resolve: false, reopen: true });
  });

  it('is to answer what one has, while WhatsApp takes it, and says why not', () => {
    expect(on(mine, 'inbox.reply').noReply).toBeNull();
    expect(on(mine).noReply).toBe('no_permission');
    expect(on({}, 'inbox.reply').noReply).toBe('not_yours');
    expect(on({}, 'inbox.reply', 'inbox.assign').noReply).toBeNull();
    expect(on({ ...mine, status: 'resolved' }, 'inbox.reply').noReply).toBe('resolved');
    expect(on({ ...mine, windowExpiresAt: '2026-11-23T10:00:00Z' }, 'inbox.reply').noReply).toBe('window_closed');
    expect(on({ ...mine, windowExpiresAt: null }, 'inbox.reply').noReply).toBe('never_written');
  });
});
