import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { notFound, ProblemException } from '../platform/errors/problem.exception.js';
import { begin } from '../platform/http/idempotency.js';
import { IdempotencyStore } from '../platform/http/idempotency-store.js';
import { CallAllowances } from '../platform/limits/call-allowances.js';
import { Authenticator } from './authenticator.js';
import { type Authority, requirePermission } from './authority.js';
import { ACCESS_RULE, type AccessRule } from './requires.decorator.js';

/** A request after the guard. */
export type AuthorizedRequest = FastifyRequest & { caller?: Authority; rule?: AccessRule };

/** Lets a request in when its route's rule allows it, now. Sockets have their own: it applies to HTTP only. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly allowances: CallAllowances,
    private readonly idempotency: IdempotencyStore,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (!rule) throw notFound('path');
    if (rule.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthorizedRequest>();
    const { authority } = await this.authenticator.authenticate(bearer(request));
    this.allowances.take(authority.credential.id);
    if (rule.kind === 'permission') requirePermission(authority, ...rule.anyOf);
    request.caller = authority;
    request.rule = rule;
    await begin(this.idempotency, request, authority);
    return true;
  }
}

function bearer(request: FastifyRequest): string {
  const token = /^Bearer ([\w.~+/=-]{1,4096})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token) return token;
  throw new ProblemException('unauthenticated', 'Send an access token or API key as: Authorization: Bearer …');
}
