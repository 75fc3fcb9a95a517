import { describe, expect, it } from '@jest/globals';
import { DELIVERED, FAILED, READ, SENT, statusOf, UNKNOWN } from './message-status.rule.js';

describe('how far a message has come', () => {
  it('is decided by what proves more', () => {
    expect([UNKNOWN, SENT, FAILED, DELIVERED, READ].map(statusOf)).toEqual([
      'failed',
      'sent',
      'failed',
      'delivered',
      'read',
    ]);
    expect(UNKNOWN).toBeLessThan(SENT);
    expect(FAILED).toBeLessThan(DELIVERED);
  });
});
