import type { ImportError } from '#contracts';
import type { ImportRow } from '../../agents/agent-import.service.js';
import { ProblemException, validationFailed } from '../../platform/errors/problem.exception.js';
import { violates } from '../../platform/errors/to-problem.js';

/** For a row whose e-mail an earlier one has. */
export function repeated({ line, email }: ImportRow): ImportError {
  const detail = 'An earlier row has this e-mail; leave one of them.';
  return { line, email, column: 'email', code: 'email_repeated', detail };
}

export function noMail(): ProblemException {
  const detail = 'No mail is configured here, so nobody can be invited; see MUSTER_SMTP_URL.';
  return validationFailed([{ pointer: '?invite', code: 'mail_not_configured', detail }]);
}

/** Where somebody else made one of the agents, again and again. */
export function disturbed(error: unknown): unknown {
  if (!violates(error, 'agent_email')) return error;
  return new ProblemException('email_taken', 'Somebody created agents of this file meanwhile; import it again.');
}

export function oneAtATime(): ProblemException {
  const detail = 'Another import of your workspace is running; wait for its end.';
  return new ProblemException('too_many_requests', detail, { retryAfter: 5 });
}
