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
    /** Whether somebody here named the customer: WhatsApp doesn't rename them. */
    isNamed: p.boolean(),
    phoneIndex: p.blob().$type<Buffer>(),
    phoneCipher: p.blob().$type<Buffer>().strictNullable(),
    userIndex: p.blob().$type<Buffer>().strictNullable(),
    userCipher: p.blob().$type<Buffer>().strictNullable(),
    /** When the message was written that said the user id with the number. */
    userSaidAt: p.datetime().strictNullable(),
    erasedAt: p.datetime().strictNullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});

/** A customer: found by the blind index of the number, read through the privacy gate. */
export class Contact extends ContactSchema.class {
  /** By somebody here; null: WhatsApp says the name again, with the next message. */
  rename(name: string | null, at: Date): void {
    this.name = name;
    this.isNamed = name !== null;
    this.touch(at);
  }

  /** Nobody can be found or read by it any more. `blank` is an index that no number has. */
  erase(blank: Buffer, at: Date): void {
    [this.name, this.isNamed] = [null, false];
    [this.phoneIndex, this.phoneCipher, this.userIndex, this.userCipher] = [blank, null, null, null];
    [this.userSaidAt, this.erasedAt] = [null, at];
    this.touch(at);
  }

  private touch(at: Date): void {
    this.updatedAt = at;
    this.version++;
  }
}
ContactSchema.setClass(Contact);
