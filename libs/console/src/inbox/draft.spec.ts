import { describe, expect, it } from '@jest/globals';
import { MusterProblem, MusterUnreachable, type Problem } from '#client';
import { begun, type Draft, EMPTY, failed, sent } from './draft.js';

let keys = 0;
const newKey = (): string => `key-${++keys}`;
const typed = (text: string): Draft => ({ ...EMPTY, text });
const lost = new MusterUnreachable('gone');

function refused(code: Problem['code'], status: number, retryable = false): MusterProblem {
  return new MusterProblem({ type: 't', title: 't', detail: 'd', status, code, requestId: 'r', retryable, errors: [] });
}

/** Sends what is in the field. */
function send(draft: Draft) {
  const next = begun(draft, newKey);
  if (!next) throw new Error('nothing was sent');
  return next;
}

describe('an answer', () => {
  it('leaves the field when it is sent, one at a time, and never empty', () => {
    const first = send(typed('  Hello\n'));
    expect(first).toMatchObject({ text: '', sending: { text: 'Hello' } });
    expect(begun({ ...first, text: 'and' }, newKey)).toBeNull();
    expect(begun(typed(' \n'), newKey)).toBeNull();
  });

  it('keeps what is typed while another is under way', () => {
    const first = send(typed('Hello'));
    const after = sent({ ...first, text: 'How are' }, first.sending);
    expect(after).toEqual({ ...EMPTY, text: 'How are' });
  });

  it('is put back before what was typed since, when it failed', () => {
    const first = send(typed('Hello'));
    expect(failed({ ...first, text: 'How are' }, first.sending, lost)).toMatchObject({
      text: 'Hello\nHow are',
      sending: null,
      error: lost,
    });
    expect(failed(first, first.sending, lost).text).toBe('Hello');
  });

  it('goes out under the same key until it is known to have arrived, and under another when it is another', () => {
    const first = send(typed('Hello'));
    const again = send(failed(first, first.sending, lost));
    expect(again.sending).toEqual(first.sending);
    const other = send({ ...failed(again, again.sending, lost), text: 'Hello!' });
    expect(other.sending.key).not.toBe(first.sending.key);
    const later = send({ ...sent(other, other.sending), text: 'Hello!' });
    expect(later.sending.key).not.toBe(other.sending.key);
  });

  it('goes out under another key once it was refused, whose answer would be the refusal again', () => {
    const first = send(typed('Hello'));
    const closed = send(failed(first, first.sending, refused('contact_erased', 409)));
    expect(closed.sending.key).not.toBe(first.sending.key);
    const busy = send(failed(closed, closed.sending, refused('idempotency_in_progress', 409, true)));
    expect(busy.sending.key).toBe(closed.sending.key);
    const broken = send(failed(busy, busy.sending, refused('internal_error', 500)));
    expect(broken.sending.key).toBe(closed.sending.key);
  });

  it('has arrived if only its answer is gone', () => {
    const first = send(typed('Hello'));
    expect(failed(first, first.sending, refused('idempotency_answer_gone', 409))).toEqual(EMPTY);
  });

  it('changes nothing once it was forgotten', () => {
    const first = send(typed('Hello'));
    const another = typed('Somebody else');
    expect(sent(another, first.sending)).toBe(another);
    expect(failed(another, first.sending, lost)).toBe(another);
  });
});
