import { describe, expect, it } from '@jest/globals';
import { WEBHOOK_EVENTS } from '#contracts';
import { draftOf, EVENTS, missingOf, requestOf } from './webhook-draft.js';

describe('a webhook being written', () => {
  it('can ask for every event there is', () => {
    expect([...EVENTS].sort()).toEqual(Object.keys(WEBHOOK_EVENTS).sort());
  });

  it('needs an address that may be called, and an event', () => {
    expect(missingOf(draftOf(null))).toEqual(['url', 'events']);
    expect(missingOf({ ...draftOf(null), url: 'http://example.com' })).toContain('url');
    expect(missingOf({ url: ' https://example.com ', description: '', events: new Set(['agent.moved']) })).toEqual([]);
  });

  it('is sent trimmed, with its events in their order', () => {
    const draft = {
      url: ' https://a.example ',
      description: ' ',
      events: new Set(['team.deleted', 'agent.moved'] as const),
    };
    expect(requestOf(draft)).toEqual({
      url: 'https://a.example',
      description: null,
      events: ['agent.moved', 'team.deleted'],
    });
  });
});
