import fc from 'fast-check';
import { getCountries, getCountryCallingCode } from 'libphonenumber-js';
import { maskName, maskPhone } from './mask.js';

const digits = (min: number, max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((all) => all.join(''));
const country = fc.constantFrom(...getCountries().map((code) => getCountryCallingCode(code)));
const number = fc.tuple(country, digits(6, 11)).map(([code, rest]) => `+${code}${rest}`);
/** Text around a number: no digits, so that whatever digits are seen belong to the number. */
const words = fc.string({ unit: fc.constantFrom(...'Ana Müller_(-) Ωж🙂. '), maxLength: 12 });

describe('maskPhone', () => {
  it('keeps the country code and the last two digits only', () => {
    expect(maskPhone('+351912345678')).toBe('+351••••••78');
    expect(maskPhone('+16505551234')).toBe('+1••••••34');
    expect(maskPhone('+79161234567')).toBe('+7••••••67');
    expect(maskPhone('+8821612345678')).toBe('+882••••••78');
  });

  it('knows every country code there is', () => {
    for (const code of getCountries()) {
      const calling = getCountryCallingCode(code);
      expect(maskPhone(`+${calling}5550123456`)).toBe(`+${calling}••••••56`);
    }
  });

  it('is equal for all numbers of a country with the same last two digits, whatever their length', () => {
    fc.assert(
      fc.property(country, digits(4, 9), digits(4, 9), digits(2, 2), (code, a, b, last) => {
        expect(maskPhone(`+${code}${a}${last}`)).toBe(maskPhone(`+${code}${b}${last}`));
      }),
    );
  });

  it('shows no run of four digits of the number', () => {
    fc.assert(
      fc.property(number, (raw) => {
        expect(maskPhone(raw)).not.toMatch(/\d{4}/);
      }),
    );
  });
});

describe('maskName', () => {
  it('leaves names alone', () => {
    for (const name of ['Ana', 'Agent 007', 'Zoë O’Brien', 'Flat 12, floor 34', '李雷', ''])
      expect(maskName(name)).toBe(name);
  });

  it('takes out a number however it is written', () => {
    for (const name of [
      '+55 11 98888-7777',
      '5511988887777',
      '(55) 11 9.8888.7777',
      '٥٥١١٩٨٨٨٨٧٧٧٧',
      '5_5_1_1_9 8888',
    ]) {
      expect(maskName(name)).toBe('••••••');
    }
    expect(maskName('Bob 5511988887777 (work)')).toBe('Bob •••••• (work)');
  });

  it('takes out every digit where there are enough for a number, however it is broken up', () => {
    for (const name of ['5x5x1x1x9x8x8x8', '+⁵⁵¹¹⁹⁸⁸⁸⁸', '⑤⑤①①⑨⑧⑧⑧⑧', '５５１１９８８８８', '123 a 456 b 789']) {
      expect(maskName(name).normalize('NFKC')).not.toMatch(/\p{N}/u);
    }
  });

  it('is equal for two customers whose names differ in the number only', () => {
    const written = fc
      .tuple(number, fc.constantFrom('', ' ', '-', '.', ' · ', '/'))
      .map(([raw, gap]) => raw.split('').join(gap));
    fc.assert(
      fc.property(words, written, written, words, (before, a, b, after) => {
        expect(maskName(`${before}${a}${after}`)).toBe(maskName(`${before}${b}${after}`));
      }),
    );
  });

  it('takes no longer for what somebody wrote to make it long', () => {
    const text = `${'+'.repeat(40_000)}${'('.repeat(40_000)}${'😀'.repeat(20_000)}`;
    expect(maskName(text)).toBe(text);
  });

  it('is settled after one time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), number, (text, raw) => {
        const once = maskName(text + raw);
        expect(maskName(once)).toBe(once);
        expect(once).not.toMatch(/\p{Nd}{4}/u);
      }),
    );
  });
});
