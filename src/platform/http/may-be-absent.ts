import { ValidateIf } from 'class-validator';

/** For a member that may be left out, but is not null: `IsOptional` lets null pass. */
export function MayBeAbsent(): PropertyDecorator {
  return ValidateIf((_body, value) => value !== undefined);
}
