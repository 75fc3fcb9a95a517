/** Errors of the Cloud API with their HTTP status, after Meta's list. */
export interface FakeError {
  status: number;
  code: number;
  message: string;
  details: string;
}

export const ERRORS = {
  token_expired: {
    status: 401,
    code: 190,
    message: 'Error validating access token: Session has expired.',
    details: 'Your access token has expired.',
  },
  permission_denied: { status: 403, code: 10, message: '(#10) Application does not have permission', details: '' },
  unsupported_request: {
    status: 400,
    code: 100,
    message: 'Unsupported post request.',
    details: 'Object does not exist, or does not support this operation.',
  },
  invalid_parameter: { status: 400, code: 100, message: '(#100) Invalid parameter', details: 'Invalid parameter' },
  rate_limit: {
    status: 429,
    code: 130_429,
    message: '(#130429) Rate limit hit',
    details: 'Cloud API message throughput has been reached.',
  },
  pair_rate_limit: {
    status: 400,
    code: 131_056,
    message: '(#131056) (Business Account, Consumer Account) pair rate limit hit',
    details: 'Too many messages sent to this phone number in a short period of time.',
  },
  re_engagement: {
    status: 400,
    code: 131_047,
    message: '(#131047) Re-engagement message',
    details: 'More than 24 hours have passed since the customer last replied to this number.',
  },
  undeliverable: {
    status: 400,
    code: 131_026,
    message: '(#131026) Message undeliverable',
    details: 'Message Undeliverable.',
  },
  unavailable: {
    status: 503,
    code: 131_016,
    message: '(#131016) Service unavailable',
    details: 'A service is temporarily unavailable.',
  },
  something_went_wrong: {
    status: 500,
    code: 131_000,
    message: '(#131000) Something went wrong',
    details: 'Message failed to send due to an unknown error.',
  },
} as const satisfies Record<string, FakeError>;
