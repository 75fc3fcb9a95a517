import { defineEntity, p } from '@mikro-orm/core';
import { workspaceFilter } from '../platform/database/workspace-filter.js';

export const ContactSchema = defineEntity({
  name: 'Contact',
  tableName: 'contact',
  filters: workspaceFilter,
  properties: {
    id: p.uuid().primary(),
    workspaceId: p.uuid(),
    name: p.text().strictNullable(),
    phoneIndex: p.blob().$type<Buffer>(),
    phoneCipher: p.blob().$type<Buffer>().strictNullable(),
    userIndex: p.blob().$type<Buffer>().strictNullable(),
    userCipher: p.blob().$type<Buffer>().strictNullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});

/** A customer: found by the blind index of the number, read through the privacy gate. */
export class Contact extends ContactSchema.class {}
ContactSchema.setClass(Contact);
