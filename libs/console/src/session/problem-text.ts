import { MusterProblem } from '#client';

/** A failure in words for the person in front of the screen. */
export function explain(error: unknown): string {
  if (error instanceof MusterProblem) return error.problem.detail;
  return error instanceof Error ? error.message : String(error);
}

/**
 * What is wrong with each field of a form, by the first part of its pointer; `''`: with the form as a whole. Fields of
 * the member `within` count as the form's own.
 */
export function fieldErrors(error: unknown, within?: string): Record<string, string> {
  if (!(error instanceof MusterProblem)) return { '': explain(error) };
  const { code, detail, errors } = error.problem;
  const own = FIELD_OF_CODE[code];
  if (own) return { [own]: detail };
  if (errors.length === 0) return { '': detail };
  return Object.fromEntries(errors.map((one) => [fieldOf(one.pointer, within), one.detail]));
}

function fieldOf(pointer: string, within: string | undefined): string {
  const [first = '', second] = pointer.replace(/^[/?]/, '').split('/');
  return first === within ? (second ?? '') : first;
}

const FIELD_OF_CODE: Partial<Record<MusterProblem['code'], string>> = {
  email_taken: 'email',
  phone_number_id_taken: 'phoneNumberId',
  name_taken: 'name',
};
