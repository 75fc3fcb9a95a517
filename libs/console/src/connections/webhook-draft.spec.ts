import { describe, expect, it } from '@jest/globals';
import { WEBHOOK_EVENTS } from '#contracts';
import { draftOf, EVENTS, hostOf, requestOf, wrongIn } from './webhook-draft.js';

describe('a webhook being written', () => {
  it('can ask for every event there is', () => {
    expect([...EVENTS].sort()).toEqual(Object.keys(WEBHOOK_EVENTS).sort());
  });

  it('needs an address that may be called, and an event', () => {
    expect(wrongIn(draftOf(null))).toEqual({ url: 'noHttps', events: true });
    const draft = { url: ' https://example.com ', description: '', events: new Set(['agent.moved'] as const) };
    expect(wrongIn(draft)).toEqual({ url: null, events: false });
  });

  it.each([
    ['http://example.com', 'noHttps'],
    ['https://', 'noHttps'],
    ['https://a b', 'malformed'],
    ['https://me:secret@example.com', 'credentials'],
    ['https://example.com/#part', 'fragment'],
    ['https://10.0.0.1/hook', null],
  ])('is told what is wrong with %s', (url, fault) => {
    expect(wrongIn({ ...draftOf(null), url }).url).toBe(fault);
  });

  it('leads somewhere', () => {
    expect(hostOf('https://10.0.0.1:8443/hook')).toBe('10.0.0.1');
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
