import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { Config } from '../platform/config/config.js';
import { ContactGate } from './contact-gate.js';
import { PhoneVault } from './phone-vault.js';

const vault = new PhoneVault({ phoneKey: randomBytes(32) } as Config);
const gate = new ContactGate(vault);
const contact = (phone: string | null, name: string | null) => ({
  id: 'c',
  workspaceId: 'w',
  name,
  phoneCipher: phone === null ? null : vault.seal('phone', 'w', phone),
});

describe('ContactGate', () => {
  it('shows everything to a viewer without Hide Phone', () => {
    const view = gate.view({ hidePhone: false }, contact('+351912345678', '+351 912 345 678'));
    expect(view).toEqual({ id: 'c', name: '+351 912 345 678', phone: '+351912345678', masked: false });
  });

  it('masks the number, and a name that repeats it, for a viewer with Hide Phone', () => {
    const view = gate.view({ hidePhone: true }, contact('+351912345678', 'Ana +351 912 345 678'));
    expect(view).toEqual({ id: 'c', name: 'Ana ••••••', phone: '+351••••••78', masked: true });
  });

  it('gives identical bytes for two customers whose numbers look the same masked', () => {
    const middle = fc.integer({ min: 1_000_000, max: 9_999_999 });
    const name = fc.constantFrom(
      (_: string) => 'Ana',
      (phone: string) => phone,
      (phone: string) => `Ana ${phone}`,
    );
    fc.assert(
      fc.property(middle, middle, name, (a, b, nameOf) => {
        const [first, second] = [a, b].map((part) => contact(`+351${part}78`, nameOf(`+351${part}78`)));
        expect(JSON.stringify(gate.view({ hidePhone: true }, first))).toBe(
          JSON.stringify(gate.view({ hidePhone: true }, second)),
        );
      }),
    );
  });

  it('shows a customer whose number WhatsApp withheld', () => {
    for (const hidePhone of [true, false]) {
      expect(gate.view({ hidePhone }, contact(null, null))).toEqual({
        id: 'c',
        name: null,
        phone: null,
        masked: hidePhone,
      });
    }
  });
});
