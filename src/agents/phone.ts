import { registerDecorator, type ValidationOptions } from 'class-validator';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** For `@Transform`: a phone number in international form as E.164; anything else as it is, for `IsPhone` to refuse. */
export function e164({ value }: { value: unknown }): unknown {
  return (typeof value === 'string' && toE164(value)) || value;
}

/** The E.164 form of a number written with + and country code; null when there is no such number. */
export function toE164(text: string): string | null {
  if (!text.trim().startsWith('+')) return null;
  const number = parsePhoneNumberFromString(text.trim());
  return number?.isPossible() ? number.number : null;
}

/** A phone number in E.164 form. */
export function IsPhone(options: ValidationOptions): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isPhone',
      target: target.constructor,
      propertyName: String(property),
      options,
      validator: { validate: (value: unknown) => typeof value === 'string' && toE164(value) === value },
    });
}
