import { signed } from '../../test/support/chatwoot/deliveries.js';
import { isSignedByChatwoot } from './chatwoot-signature.js';

const NOW = Date.UTC(2026, 10, 23, 12);
const BODY = '{"event":"message_created","content":"olá"}';

describe("Chatwoot's signature", () => {
  const headers = signed(BODY, 'secret', NOW);
  const given = { signature: headers['x-chatwoot-signature'], timestamp: headers['x-chatwoot-timestamp'] };
  const check = (change: object = {}, secrets = ['secret'], raw = BODY, now = NOW) =>
    isSignedByChatwoot(secrets, Buffer.from(raw), { ...given, ...change }, now);

  it('is good under any of the secrets, for five minutes', () => {
    expect(check()).toBe(true);
    expect(check({}, ['another', 'secret'])).toBe(true);
    expect(check({}, ['secret'], BODY, NOW + 299_000)).toBe(true);
  });

  it.each([
    ['another secret', {}, ['another']],
    ['no secret', {}, []],
    ['other bytes', {}, ['secret'], BODY.replace('olá', 'ola')],
    ['a late hour', {}, ['secret'], BODY, NOW + 301_000],
    ['an early hour', {}, ['secret'], BODY, NOW - 301_000],
    ['another timestamp', { timestamp: String(NOW / 1_000 + 1) }],
    ['no timestamp', { timestamp: undefined }],
    ['a timestamp that is none', { timestamp: '1e9' }],
    ['no signature', { signature: undefined }],
    ['a bare signature', { signature: given.signature?.slice(7) }],
    ['half a signature', { signature: given.signature?.slice(0, 40) }],
  ] as [string, object?, string[]?, string?, number?][])('is not good with %s', (_what, ...change) => {
    expect(check(...change)).toBe(false);
  });
});
