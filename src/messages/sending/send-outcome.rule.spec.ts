import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { failureOf, outcomeOf } from './send-outcome.rule.js';

const error = (code: number) => JSON.stringify({ error: { code, message: 'Something with +351912345678' } });

describe('what an answer of the Cloud API means', () => {
  it('is that it was sent, with the wamid', () => {
    const body = JSON.stringify({ messaging_product: 'whatsapp', messages: [{ id: 'wamid.abc' }] });
    expect(outcomeOf({ status: 200, body })).toEqual({ kind: 'sent', wamid: 'wamid.abc' });
  });

  it('is unknown where it was taken and nobody says as what', () => {
    for (const body of ['', '{}', '[]', '{"messages":[{}]}', '{"messages":[{"id":""}]}', 'null']) {
      expect(outcomeOf({ status: 200, body })).toEqual({ kind: 'unknown' });
    }
  });

  it.each([
    [429, 130_429, 'rate_limited'],
    [400, 131_056, 'rate_limited'],
    [400, 80_007, 'rate_limited'],
    [429, 999, 'rate_limited'],
    [503, 131_016, 'unavailable'],
    [500, 131_000, 'unavailable'],
    [400, 131_057, 'unavailable'],
    [502, 7, 'unavailable'],
  ])('is to try again later: %d with %d', (status, code, failure) => {
    expect(outcomeOf({ status, body: error(code) })).toEqual({ kind: 'later', failure, whatsappCode: code });
  });

  it.each([
    [400, 131_047, 'window_closed'],
    [400, 131_026, 'undeliverable'],
    [400, 131_062, 'undeliverable'],
    [401, 190, 'token_invalid'],
    [403, 10, 'token_invalid'],
    [400, 100, 'rejected'],
    [404, 100, 'rejected'],
    [400, 131_051, 'rejected'],
  ])('is that it failed for good: %d with %d', (status, code, failure) => {
    expect(outcomeOf({ status, body: error(code) })).toEqual({ kind: 'failed', failure, whatsappCode: code });
  });

  it('does not need an error object', () => {
    expect(outcomeOf({ status: 502, body: '<html>' })).toMatchObject({ kind: 'later', whatsappCode: null });
    expect(outcomeOf({ status: 401, body: '' })).toMatchObject({ kind: 'failed', failure: 'token_invalid' });
    expect(outcomeOf({ status: 302, body: '' })).toMatchObject({ kind: 'failed', failure: 'rejected' });
  });

  it('is something for whatever is answered, and nothing of the answer is repeated', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.json(), fc.string()), (status, body) => {
        const outcome = outcomeOf({ status, body });
        if (outcome.kind === 'sent') expect(status).toBeLessThan(300);
        else expect(Object.keys(outcome).every((key) => ['kind', 'failure', 'whatsappCode'].includes(key))).toBe(true);
      }),
    );
  });

  it('gives reports a reason, too', () => {
    expect(failureOf(131_026)).toBe('undeliverable');
    expect(failureOf(131_047)).toBe('window_closed');
    expect(failureOf(null)).toBe('rejected');
  });
});
