import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { describeError } from './logging.module.js';

describe('logged errors', () => {
  it('keep what names the place and the kind, and nothing of a row', () => {
    const native = Object.assign(new Error('duplicate key … Failing row contains (ana@example.com, +5511912345678)'), {
      severity: 'ERROR',
      code: '23505',
      constraint: 'agent_email',
      table: 'agent',
      detail: 'Key (email)=(ana@example.com) already exists.',
      query: "insert into agent values ('ana@example.com')",
    });
    for (const error of [native, new UniqueConstraintViolationException(native)]) {
      const logged = describeError(error);
      expect(logged).toMatchObject({ code: '23505', constraint: 'agent_email', table: 'agent' });
      expect(JSON.stringify(logged)).not.toMatch(/ana@|55119/);
    }
  });

  it('keep the message of other errors, and where they happened', () => {
    expect(describeError(new TypeError('x is not a function'))).toMatchObject({
      type: 'TypeError',
      message: 'x is not a function',
      stack: expect.stringContaining('logging.module.spec'),
    });
  });
});
