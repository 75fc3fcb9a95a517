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

/**
 * Four digits or more with anything but letters between them, in any script, and what leads in a number. That is
 * bounded: customers write the texts, and a search from each of thousands of plus signs would never end.
 */
const LONG_RUN = /\({0,3}(?:\+[^\p{L}\p{N}]{0,9})?\p{N}(?:[^\p{L}\p{N}]*\p{N}){3,}/gu;
const ANY_RUN = /\({0,3}(?:\+[^\p{L}\p{N}]{0,9})?\p{N}(?:[^\p{L}\p{N}]*\p{N})*/gu;
const DIGIT = /\p{N}/gu;
/** The shortest number has seven digits: a text with as many may have one, however it is broken up. */
const NUMBER_LENGTH = 7;

/** `+351912345678` becomes `+351••••••78`. */
export function maskPhone(e164: string): string {
  const country = COUNTRY_CODE.exec(e164)?.[1] ?? '';
  return `+${country}${HIDDEN}${e164.slice(-2)}`;
}

/**
 * A name without anything that could be a number: each run of four digits or more becomes bullets, and every digit
 * does where there are enough for a number. Digits in circles, raised or full-width are digits like any others.
 */
export function maskName(name: string): string {
  const plain = name.normalize('NFKC');
  const masked = plain.replace(countDigits(plain) < NUMBER_LENGTH ? LONG_RUN : ANY_RUN, HIDDEN);
  return masked === plain ? name : masked;
}

function countDigits(text: string): number {
  return text.match(DIGIT)?.length ?? 0;
}
