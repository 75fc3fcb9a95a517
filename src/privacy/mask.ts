/**
 * What a viewer with Hide Phone sees instead of a number.
 *
 * The masked form is the country code, six bullets whatever the number's length, and the last two digits. It is
 * a function of those alone, so two customers who look the same masked can't be told apart by it. Text that
 * people type or other systems send (names, external ids) may repeat the number: `maskName` and
 * `maskIdentifier` take it out by its shape, without knowing the number, so the result can't depend on it.
 */

/** Country codes as ITU-T E.164 assigns them: prefix-free, the ones of one and two digits listed, the rest of three. */
const COUNTRY_CODE = /^\+([17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/;
const HIDDEN = '••••••';

/** Four digits or more with anything but letters between them, in any script, and what leads in a number. */
const DIGIT_RUN = /\(*(?:\+[^\p{L}\p{Nd}]*)?\p{Nd}(?:[^\p{L}\p{Nd}]*\p{Nd}){3,}/gu;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LONG_DIGIT_RUN = /\p{Nd}(?:[^\p{L}\p{Nd}]?\p{Nd}){6,}/u;

/** `+351912345678` becomes `+351••••••78`. */
export function maskPhone(e164: string): string {
  const country = COUNTRY_CODE.exec(e164)?.[1] ?? '';
  return `+${country}${HIDDEN}${e164.slice(-2)}`;
}

/** A name without anything that could be a number: each run of four digits or more becomes bullets. */
export function maskName(name: string): string {
  return name.replace(DIGIT_RUN, HIDDEN);
}

/** Whether `text` holds as many digits in a row as the shortest number has. */
export function looksLikePhone(text: string): boolean {
  return LONG_DIGIT_RUN.test(text);
}

/** Another system's id, or null when it could be the customer's number. UUIDs can't. */
export function maskIdentifier(id: string | null): string | null {
  return id !== null && looksLikePhone(id) && !UUID.test(id) ? null : id;
}
