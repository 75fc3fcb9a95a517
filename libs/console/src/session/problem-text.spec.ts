import { describe, expect, it } from '@jest/globals';
import { MusterProblem, type Problem } from '#client';
import { explain, fieldErrors } from './problem-text.js';

function problem(rest: Partial<Problem>): MusterProblem {
  const base = { type: 'about:blank', title: '', status: 422, requestId: 'r', retryable: false, errors: [] };
  return new MusterProblem({ ...base, code: 'validation_failed', detail: 'No', ...rest });
}

describe('a failure in words', () => {
  it('names each field that is wrong', () => {
    const errors = [
      { pointer: '/phone', code: 'phone_invalid', detail: 'Give a number' },
      { pointer: '/permissions/3', code: 'unknown', detail: 'Unknown' },
    ];
    expect(fieldErrors(problem({ errors }))).toEqual({ phone: 'Give a number', permissions: 'Unknown' });
  });

  it('takes the fields of one member as the form’s own', () => {
    const errors = [
      { pointer: '/contact/phone', code: 'phone_invalid', detail: 'Give a number' },
      { pointer: '/teamId', code: 'team_not_found', detail: 'Choose a team' },
    ];
    expect(fieldErrors(problem({ errors }), 'contact')).toEqual({ phone: 'Give a number', teamId: 'Choose a team' });
  });

  it('puts a conflict where it belongs', () => {
    expect(fieldErrors(problem({ code: 'email_taken', detail: 'Taken' }))).toEqual({ email: 'Taken' });
  });

  it('keeps what is about no field for the whole', () => {
    expect(fieldErrors(problem({ code: 'last_administrator', detail: 'The last one' }))).toEqual({
      '': 'The last one',
    });
    expect(explain(new Error('away'))).toBe('away');
  });
});
