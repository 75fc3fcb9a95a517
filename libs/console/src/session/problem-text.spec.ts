import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import i18next from 'i18next';
import { MusterProblem, MusterUnreachable, type Problem } from '#client';
import { PROBLEM_STATUS } from '#contracts';
import { LANGUAGES } from '../i18n/languages.js';
import { explain, explainRefusal, fieldErrors } from './problem-text.js';

/** Nobody meets these in the console: its own page never calls what answers them. */
const NOT_MET = ['signature_invalid', 'verify_token_invalid', 'external_id_taken', 'chatwoot_account_taken'];

function problem(rest: Partial<Problem>): MusterProblem {
  const base = { type: 'about:blank', title: '', status: 422, requestId: 'r', retryable: false, errors: [] };
  return new MusterProblem({ ...base, code: 'validation_failed', detail: 'No', ...rest });
}

beforeAll(async () => {
  await i18next.init({ lng: 'en', fallbackLng: 'en', interpolation: { escapeValue: false } });
  for (const { code, first, screens } of LANGUAGES) {
    for (const part of [first, screens]) i18next.addResourceBundle(code, 'translation', await part(), true);
  }
});
beforeEach(() => i18next.changeLanguage('en'));

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
      { pointer: '/notes', code: 'notes_too_long', detail: 'Shorter' },
    ];
    expect(fieldErrors(problem({ errors }), 'contact')).toEqual({ phone: 'Give a number', notes: 'Shorter' });
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

  it('says in English what the server says, unless that is for who programs', () => {
    expect(explain(problem({ code: 'name_taken', detail: 'Taken by another' }))).toBe('Taken by another');
    const errors = [{ pointer: '/teamId', code: 'team_not_found', detail: 'Choose a team from GET /api/v1/teams.' }];
    expect(explain(problem({ errors }))).toBe('Choose a team: this one is not there, or not any more.');
    expect(explain(problem({ code: 'internal_error', requestId: '0a-1b' }))).toContain('\u20680a-1b\u2069');
  });
});

describe('a failure in another language', () => {
  beforeEach(() => i18next.changeLanguage('ar'));

  it('is said by its code', () => {
    expect(explain(problem({ code: 'invalid_credentials' }))).toBe('كلمة المرور أو البريد غير صحيح.');
    expect(explain(problem({ code: 'invalid_cursor' }))).toBe(explain(problem({ code: 'bad_request' })));
    expect(explain(problem({ code: 'agent_inactive' }))).toBe(i18next.t('ended.agent_inactive'));
    expect(explain(new MusterUnreachable('away'))).toBe(i18next.t('problems.unreachable'));
  });

  it('names the permission and the time, if it is told them', () => {
    const refusal = { code: 'permission_missing', detail: 'No' } as const;
    expect(explainRefusal({ ...refusal, permission: 'inbox.read' })).toContain(i18next.t('permissions.inbox.read'));
    expect(explainRefusal(refusal)).toBe(i18next.t('problems.permission_missing'));
    expect(explain(problem({ code: 'too_many_requests', retryAfter: 61 }))).toContain(' 2 ');
  });

  it('says each thing that is wrong, once', () => {
    const fault = (pointer: string, code: string) => ({ pointer, code, detail: 'No' });
    const errors = [fault('/a', 'max_length'), fault('/b', 'max_length'), fault('/c', 'name_invalid')];
    expect(explain(problem({ errors }))).toBe(`${i18next.t('faults.max_length')} ${i18next.t('faults.name_invalid')}`);
  });

  it('keeps the direction of the server’s words, where it has none of its own', () => {
    const errors = [{ pointer: '/a', code: 'of_a_newer_server', detail: 'Do this.' }];
    expect(fieldErrors(problem({ errors }))).toEqual({ a: '\u2068Do this.\u2069' });
  });
});

it('has words for every code that is met in the console', () => {
  void i18next.changeLanguage('ar');
  const unsaid = Object.keys(PROBLEM_STATUS).filter((code) =>
    explain(problem({ code: code as keyof typeof PROBLEM_STATUS, detail: 'unsaid' })).includes('unsaid'),
  );
  expect(unsaid.sort()).toEqual([...NOT_MET].sort());
});
