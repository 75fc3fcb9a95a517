import { MusterProblem } from '#client';

/** Muster can't be used like this; says what to do. */
export class TrafficError extends Error {}

/** The traffic's own key doesn't count any more: somebody deleted it, or another traffic has come in. */
export class KeyLost extends Error {}

/**
 * What is the matter if Muster refuses a request that is the traffic's own; null for what only concerns the request.
 */
export function causeOf(error: unknown): TrafficError | KeyLost | null {
  if (!(error instanceof MusterProblem)) return null;
  switch (error.code) {
    case 'signature_invalid':
      return new TrafficError(
        'Muster refused the signature: MUSTER_WHATSAPP_APP_SECRET must be the same here and there.',
      );
    case 'invalid_credentials':
      return new TrafficError('Muster refused the login: check MUSTER_ADMIN_EMAIL and MUSTER_ADMIN_PASSWORD.');
    case 'session_revoked':
    case 'token_invalid':
    case 'unauthenticated':
      return new KeyLost('its API key was deleted');
    default:
      return null;
  }
}
