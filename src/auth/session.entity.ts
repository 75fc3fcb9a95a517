import { defineEntity, p } from '@mikro-orm/core';
import { workspaceFilter } from '../platform/database/workspace-filter.js';

export const SessionSchema = defineEntity({
  name: 'Session',
  tableName: 'session',
  filters: workspaceFilter,
  properties: {
    id: p.uuid().primary(),
    workspaceId: p.uuid(),
    agentId: p.uuid(),
    authEpoch: p.integer(),
    refreshHash: p.blob().$type<Buffer>(),
    previousHash: p.blob().$type<Buffer>().strictNullable(),
    client: p.text().strictNullable(),
    network: p.text().strictNullable(),
    rotatedAt: p.datetime(),
    expiresAt: p.datetime(),
    createdAt: p.datetime(),
    revokedAt: p.datetime().strictNullable(),
    revokedReason: p.text().strictNullable(),
  },
});

/** A login. Its refresh token changes with each use; access tokens name it. */
export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session);

export const ApiKeySchema = defineEntity({
  name: 'ApiKey',
  tableName: 'api_key',
  filters: workspaceFilter,
  properties: {
    id: p.uuid().primary(),
    workspaceId: p.uuid(),
    agentId: p.uuid(),
    name: p.text(),
    keyHash: p.blob().$type<Buffer>(),
    permissions: p.array().columnType('text[]'),
    authEpoch: p.integer(),
    createdAt: p.datetime(),
    lastUsedAt: p.datetime().strictNullable(),
    revokedAt: p.datetime().strictNullable(),
  },
});

/** A key of another service. It acts for its maker, with a subset of the maker's rights, and ends with the maker. */
export class ApiKey extends ApiKeySchema.class {}
ApiKeySchema.setClass(ApiKey);

export const InvitationSchema = defineEntity({
  name: 'Invitation',
  tableName: 'invitation',
  filters: workspaceFilter,
  properties: {
    tokenHash: p.blob().primary().$type<Buffer>(),
    id: p.uuid(),
    kind: p.text().$type<'invitation' | 'reset'>(),
    workspaceId: p.uuid(),
    agentId: p.uuid(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    usedAt: p.datetime().strictNullable(),
  },
});

/** A single-use token with which an agent sets a password: the first one, or a new one. */
export class Invitation extends InvitationSchema.class {}
InvitationSchema.setClass(Invitation);
