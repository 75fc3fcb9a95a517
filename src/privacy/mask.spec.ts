import fc from 'fast-check';
import { getCountries, getCountryCallingCode } from 'libphonenumber-js';
import { maskName, maskPhone, saysDigits } from './mask.js';

const digits = (min: number, max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((all) => all.join(''));
const country = fc.constantFrom(...getCountries().map((code) => getCountryCallingCode(code)));
const number = fc.tuple(country, digits(6, 11)).map(([code, rest]) => `+${code}${rest}`);
/** Ten ways to write each digit: the scripts' own, raised, full-width, in circles, and as Chinese numerals. */
const SCRIPTS = [
  ...['٠١٢٣٤٥٦٧٨٩', '۰۱۲۳۴۵۶۷۸۹', '०१२३४५६७८९', '０１２３４５６７８９', '⁰¹²³⁴⁵⁶⁷⁸⁹', '⓪①②③④⑤⑥⑦⑧⑨', '𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗'],
  ...['〇一二三四五六七八九', '零壹贰叁肆伍陆柒捌玖', '零幺兩参四五六七八九'],
  ...['○一二三四五六七八九', '◯一二三四五六七八九'],
].map((all) => [...all]);
const script = fc.constantFrom(...SCRIPTS);
const gap = fc.constantFrom('', ' ', '-', '.', ' · ', '/', '、', '\u20E3 ');
/** A number as somebody may type it, each digit perhaps in another script. */
const typed = fc
  .tuple(number, fc.array(script, { minLength: 1, maxLength: 20 }), gap)
  .map(([raw, scripts, between]) =>
    [...raw.slice(1)].map((digit, at) => scripts[at % scripts.length][Number(digit)]).join(between),
  );
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

  it('leaves Chinese words alone, which have numerals in them', () => {
    for (const text of [
      '王一',
      '○○公司',
      '李四光',
      '张三 (一楼)',
      '星期一到星期五',
      '三三两两',
      '七上八下',
      '我一个人住，第二天再说，三点见面，四点走，五月回来，六月再来，七月也行，八月不行，九月可以',
      '一起吧。不一样的一天，一直在一家店，一边走一边看，一定一次买一个',
    ]) {
      expect(maskName(text)).toBe(text);
    }
  });

  it('leaves no digit of a number in whatever scripts it is typed, and tells no two of them apart', () => {
    fc.assert(
      fc.property(words, typed, typed, words, (before, a, b, after) => {
        const masked = maskName(`${before}${a}${after}`);
        expect(masked).toBe(maskName(`${before}${b}${after}`));
        expect(masked.normalize('NFKC')).not.toMatch(/[\p{N}○◯一二三四五六七八九零壹贰叁肆伍陆柒捌玖幺兩参]/u);
      }),
    );
  });

  it('takes out Chinese numerals where letters stand between them', () => {
    for (const text of ['一x三x八x一x二x三x四', '电话一三八，然后一二三四，然后五六七八', '①a③b⑧c零d一e二f三']) {
      expect(maskName(text)).not.toMatch(/[\p{N}零一二三四五六七八]/u);
    }
  });

  it('is the same in a long text, and at the speed of one', () => {
    const text = '一二三，'.repeat(30_000) + '(+'.repeat(30_000) + '一'.repeat(30_000);
    const began = performance.now();
    expect(maskName(text)).not.toContain('一');
    expect(maskName('一a'.repeat(50_000))).not.toContain('一');
    expect(maskName('一 二  '.repeat(3) + ' '.repeat(50_000))).not.toContain('一');
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('knows what of a search is a digit: any, and any Chinese numeral', () => {
    for (const text of ['5', '٥', '⑤', '㏠', '一', '王一', '话〇', 'x三x', '⼋', '壹-贰', '一○', '◯', 'Ⅷ'])
      expect(saysDigits(text)).toBe(true);
    for (const text of ['', '+', 'Ana', '王', '电话', 'VIII']) expect(saysDigits(text)).toBe(false);
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
