import { defineEntity, p } from '@mikro-orm/core';
import { workspaceFilter } from '../platform/database/workspace-filter.js';

export const ChannelSchema = defineEntity({
  name: 'Channel',
  tableName: 'channel',
  filters: workspaceFilter,
  properties: {
    id: p.uuid().primary(),
    workspaceId: p.uuid(),
    name: p.text(),
    phoneNumberId: p.text(),
    teamId: p.uuid().strictNullable(),
    tokenCipher: p.blob().$type<Buffer>().strictNullable(),
    apiBaseUrl: p.text(),
    createdAt: p.datetime(),
  },
});

/** A WhatsApp number of the workspace. */
export class Channel extends ChannelSchema.class {}
ChannelSchema.setClass(Channel);
