import { expect, it } from '@jest/globals';
import type { Receipt } from '#client';
import { isProven, linesOf, msOf } from './receipt-lines.js';

const receipt: Receipt = {
  id: 'r',
  cause: 'agent_deactivated',
  revision: 4,
  sessions: 2,
  keys: 1,
  sockets: 3,
  conversationsReleased: 5,
  listsLeft: 2,
  nodes: [{ node: 'a', outcome: 'applied', sockets: 3, ms: 4.2 }],
  elapsedMs: 6.1,
  enforcement: 'complete',
  at: '2026-11-23T10:00:00.000Z',
};

it('a receipt counts what ended', () => {
  expect(linesOf(receipt).map(({ key, count }) => `${key} ${count}`)).toEqual([
    'sessions 2',
    'keys 1',
    'sockets 3',
    'listsLeft 2',
    'conversationsReleased 5',
  ]);
});

it('a receipt proves only what every node has confirmed or can no longer do', () => {
  expect(isProven(receipt)).toBe(true);
  expect(isProven({ ...receipt, enforcement: 'pending' })).toBe(false);
  expect(isProven({ ...receipt, nodes: [{ node: 'a', outcome: 'unconfirmed', sockets: 0, ms: 9 }] })).toBe(false);
});

it('milliseconds are told as exactly as they matter', () => {
  expect([msOf(4.23), msOf(12.6)]).toEqual(['4.2', '13']);
});
