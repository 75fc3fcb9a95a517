import { registerDecorator, type ValidationOptions } from 'class-validator';
import { toE164 } from '../privacy/phone.js';

/** For `@Transform`: a phone number in international form as E.164; anything else as it is, for `IsPhone` to refuse. */
export function e164({ value }: { value: unknown }): unknown {
  return (typeof value === 'string' && toE164(value)) || value;
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
