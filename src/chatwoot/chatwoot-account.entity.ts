import { defineEntity, p } from '@mikro-orm/core';
import { workspaceFilter } from '../platform/database/workspace-filter.js';

export const ChatwootAccountSchema = defineEntity({
  name: 'ChatwootAccount',
  tableName: 'chatwoot_account',
  filters: workspaceFilter,
  properties: {
    id: p.uuid().primary(),
    workspaceId: p.uuid(),
    name: p.text(),
    accountNumber: p.bigint('number'),
    teamId: p.uuid().strictNullable(),
    tokenHash: p.blob().$type<Buffer>(),
    secrets: p.blob().$type<Buffer>().strictNullable(),
    createdAt: p.datetime(),
  },
});

/** A Chatwoot account that tells Muster of its conversations. */
export class ChatwootAccount extends ChatwootAccountSchema.class {}
ChatwootAccountSchema.setClass(ChatwootAccount);
