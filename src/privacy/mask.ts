/**
 * What a viewer with Hide Phone sees instead of a number.
 *
 * The masked form is the country code, six bullets whatever the number's length, and the last two digits. It is
 * a function of those alone, so two customers who look the same masked can't be told apart by it. Names that people
 * type may repeat the number: `maskName` takes it out by its shape, without knowing the number, so the result can't
 * depend on it. Other systems' ids may hold it in any form and are not shown at all.
 */

/** Country codes as ITU-T E.164 assigns them: prefix-free, the ones of one and two digits listed, the rest of three. */
const COUNTRY_CODE = /^\+([17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/;
const HIDDEN = '••••••';

/** Circles that are typed for the Chinese zero; they are signs, not letters. */
const ZEROS = '○◯';
/** Chinese characters that are read as digits, as in a number that is told, on a cheque or in old script. */
const NUMERALS = '零〇一二三四五六七八九幺两兩壹贰貳弍弐弌叁參叄参弎肆亖伍陆陸柒捌玖';
const DIGIT = `[\\p{N}${NUMERALS}${ZEROS}]`;
/** Anything but letters and digits. */
const GAP = `[^\\p{L}\\p{N}${ZEROS}]`;

/**
 * Digits with anything but letters between them, in any script, and what leads in a number. That is bounded: customers
 * write the texts, and a search from each of thousands of plus signs would never end.
 */
const RUN = new RegExp(`\\({0,3}(?:\\+${GAP}{0,9})?${DIGIT}(?:${GAP}*${DIGIT})*`, 'gu');
const DIGITS = new RegExp(DIGIT, 'gu');
const OWN_DIGIT = /\p{N}/u;
const LETTERS = /\p{L}/gu;
/** As many digits in a row are taken for a part of a number; Chinese ones are in words, too: 三三两两. */
const LONG_RUN = 4;
const LONG_NUMERALS = 5;
/** The shortest number has seven digits: a text with as many may have one, however it is broken up. */
const NUMBER_LENGTH = 7;
/** Where every other letter is a numeral, they are no words. */
const DENSE = 2;

/** `+351912345678` becomes `+351••••••78`. */
export function maskPhone(e164: string): string {
  const country = COUNTRY_CODE.exec(e164)?.[1] ?? '';
  return `+${country}${HIDDEN}${e164.slice(-2)}`;
}

/**
 * A name without anything that could be a number: each run of four digits or more becomes bullets, and every digit
 * does where there are enough for a number. Digits in circles, raised or full-width are digits like any others; Chinese
 * numerals are where they stand in a row, or the text is full of them.
 */
export function maskName(name: string): string {
  const plain = unfold(name);
  const runs = plain.match(RUN) ?? [];
  if (runs.length === 0) return name;
  const isDense = isFullOfNumerals(plain, runs);
  const isDigits = (run: string) => isDense || OWN_DIGIT.test(run) || count(run, DIGITS) > 1;
  const total = runs.reduce((sum, run) => sum + (isDigits(run) ? count(run, DIGITS) : 0), 0);
  const isMasked = (run: string) => (total < NUMBER_LENGTH ? isLong(run) : isDigits(run));
  const masked = plain.replace(RUN, (run) => (isMasked(run) ? HIDDEN : run));
  return masked === plain ? name : masked;
}

/**
 * Whether a text has a digit or a Chinese numeral. Names are searched as they are, not as they are shown: each numeral
 * that may be asked for, also one between other letters, tells of a hidden number whether it is there and behind what.
 */
export function saysDigits(text: string): boolean {
  return unfold(text).search(DIGITS) >= 0;
}

/** Full-width, raised and circled digits as plain ones; Roman ones stay, as they would become letters. */
function unfold(text: string): string {
  return text.replaceAll(/[^\p{Nl}]+/gu, (part) => part.normalize('NFKC'));
}

function isLong(run: string): boolean {
  return count(run, DIGITS) >= (OWN_DIGIT.test(run) ? LONG_RUN : LONG_NUMERALS);
}

function isFullOfNumerals(text: string, runs: string[]): boolean {
  const digits = runs.reduce((sum, run) => sum + count(run, DIGITS), 0);
  return digits >= NUMBER_LENGTH && digits * DENSE >= count(text, LETTERS);
}

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}
