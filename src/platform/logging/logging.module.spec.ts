import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { createLogger, describeError, LoggingModule } from './logging.module.js';

describe('logged errors', () => {
  it('keep nothing of a row on their way through Nest either', async () => {
    const lines: string[] = [];
    const logger = createLogger(
      { logLevel: 'error', logFormat: 'json', nodeId: 'n' },
      { write: (line) => void lines.push(line) },
    );
    const app = await NestFactory.createApplicationContext(LoggingModule.for(logger), { logger: false });
    const error = Object.assign(new Error('Failing row contains (+5511912345678)'), {
      severity: 'ERROR',
      code: '23514',
      detail: 'Failing row contains (+5511912345678)',
    });
    app.get(Logger).error({ err: error }, 'a request failed', 'Http');
    app.get(Logger).error(error);
    const said = { msg: 'a request failed', context: 'Http', err: { code: '23514' } };
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([said, { err: { code: '23514' } }]);
    expect(lines.join('')).not.toContain('55119');
  });

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
