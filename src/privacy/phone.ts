import { parsePhoneNumberFromString } from 'libphonenumber-js';

const E164 = /^\+[1-9]\d{6,14}$/;

/** A number as people write it, `+` and country code first, as E.164; null when it can't be one. */
export function toE164(text: string): string | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith('+') || trimmed.length > 40) return null;
  const parsed = parsePhoneNumberFromString(trimmed, { extract: false });
  return parsed?.isPossible() && !parsed.ext && E164.test(parsed.number) ? parsed.number : null;
}

/** A WhatsApp id, which is the number's digits, as E.164; null when it is something else. */
export function waIdToE164(waId: string): string | null {
  const number = `+${waId}`;
  return E164.test(number) ? number : null;
}
