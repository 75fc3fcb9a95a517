/**
 * Access to the few pages that are no part of the API: by Bearer as everywhere, and by HTTP Basic with an API key as
 * the password, which browsers can ask for. A password of an agent is not taken: it would be kept by the browser.
 */
import type { FastifyRequest } from 'fastify';
import type { Permission } from '#contracts';
import { ProblemException } from '../platform/errors/problem.exception.js';
import type { AuthorizedRequest } from './access.guard.js';
import { isApiKey } from './api-key-token.js';
import type { Authenticator } from './authenticator.js';
import { requirePermission } from './authority.js';

/** Admits requests of callers who have the permission now, to their workspace. The outbound gate knows of them. */
export function admitWith(authenticator: Authenticator, permission: Permission) {
  return async (request: FastifyRequest): Promise<string> => {
    const { authority } = await authenticator.authenticate(tokenOf(request));
    requirePermission(authority, permission);
    const admitted: AuthorizedRequest = request;
    admitted.caller = authority;
    admitted.rule = { kind: 'permission', anyOf: [permission] };
    return authority.workspaceId;
  };
}

function tokenOf({ headers }: FastifyRequest): string {
  const [, scheme = '', value = ''] = /^(Bearer|Basic) ([\w.~+/=-]{1,4096})$/i.exec(headers.authorization ?? '') ?? [];
  if (/bearer/i.test(scheme)) return value;
  const password = scheme
    ? Buffer.from(value, 'base64')
        .toString()
        .replace(/^[^:]*:/, '')
    : '';
  if (isApiKey(password)) return password;
  throw new ProblemException('unauthenticated', 'Send an API key as the password, or as: Authorization: Bearer …');
}
