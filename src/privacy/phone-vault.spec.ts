import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { Config } from '../platform/config/config.js';
import { PhoneVault } from './phone-vault.js';

const vault = (key = randomBytes(32)) => new PhoneVault({ phoneKey: key } as Config);
const NUMBER = '+351912345678';

describe('PhoneVault', () => {
  it('opens what it sealed', () => {
    const it = vault();
    fc.assert(
      fc.property(fc.string(), (text) => expect(it.open('phone', 'w', it.seal('phone', 'w', text))).toBe(text)),
    );
  });

  it('seals the same number differently each time, and never readably', () => {
    const it = vault();
    const sealed = it.seal('phone', 'w', NUMBER);
    expect(sealed).not.toEqual(it.seal('phone', 'w', NUMBER));
    expect(sealed.toString('latin1')).not.toContain('912345');
  });

  it('opens nothing for another purpose, workspace or key, and nothing that was changed', () => {
    const it = vault();
    const sealed = it.seal('phone', 'w', NUMBER);
    expect(() => it.open('channel-token', 'w', sealed)).toThrow('MUSTER_PHONE_KEY');
    expect(() => it.open('phone', 'v', sealed)).toThrow('MUSTER_PHONE_KEY');
    expect(() => vault().open('phone', 'w', sealed)).toThrow('MUSTER_PHONE_KEY');
    for (const length of [0, 1, 28])
      expect(() => it.open('phone', 'w', sealed.subarray(0, length))).toThrow('MUSTER_PHONE_KEY');
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => it.open('phone', 'w', changed)).toThrow('MUSTER_PHONE_KEY');
    }
  });

  it('finds a number again with the same key, in its own workspace only', () => {
    const key = randomBytes(32);
    expect(vault(key).index('w', NUMBER)).toEqual(vault(key).index('w', NUMBER));
    expect(vault(key).index('w', NUMBER)).not.toEqual(vault(key).index('v', NUMBER));
    expect(vault(key).index('w', NUMBER)).not.toEqual(vault().index('w', NUMBER));
  });
});
