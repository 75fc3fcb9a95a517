import { createHmac } from 'node:crypto';
import { isSameSecret, isSignedBy } from './whatsapp-signature.js';

const RAW = Buffer.from('{"text":"caf\\u00e9 é"}');
const sign = (algorithm: string, secret = 'secret', raw = RAW) =>
  createHmac(algorithm, secret).update(raw).digest('hex');

describe('isSignedBy', () => {
  it('takes the SHA-256 of the bytes under the secret', () => {
    expect(isSignedBy('secret', RAW, `sha256=${sign('sha256')}`)).toBe(true);
    expect(isSignedBy('secret', RAW, `sha256=${sign('sha256').toUpperCase()}`)).toBe(true);
  });

  it('refuses everything else', () => {
    const other = Buffer.from(JSON.stringify(JSON.parse(RAW.toString())));
    for (const header of [
      undefined,
      '',
      'sha256=',
      sign('sha256'),
      `sha1=${sign('sha1')}`,
      `sha256=${sign('sha1')}`,
      `sha256=${sign('sha256').slice(1)}`,
      `sha256=${sign('sha256')}00`,
      `sha256=${sign('sha256', 'another')}`,
      `sha256=${sign('sha256', 'secret', other)}`,
      `sha256=${'0'.repeat(64)}`,
      `sha256=${sign('sha256')}, sha256=${sign('sha256')}`,
    ]) {
      expect(isSignedBy('secret', RAW, header)).toBe(false);
    }
  });
});

describe('isSameSecret', () => {
  it('compares secrets of any length', () => {
    expect(isSameSecret('a-token', 'a-token')).toBe(true);
    for (const other of ['', 'a-toke', 'a-tokeN', 'a-token ']) expect(isSameSecret('a-token', other)).toBe(false);
  });
});
