/**
 * The gate: the one way a customer's contact gets out.
 *
 * Who calls: everything that shows a contact to anybody — HTTP answers, socket frames, exports, webhooks.
 * Guaranteed: for a viewer with Hide Phone the result is a function of what the viewer may know. Must never
 * happen: a contact row turned into a view, or a number opened, anywhere else.
 */
import { Injectable } from '@nestjs/common';
import type { ContactView } from '#contracts';
import { maskName, maskPhone } from './mask.js';
import { PhoneVault } from './phone-vault.js';

/** A contact as it is stored. */
export interface StoredContact {
  id: string;
  workspaceId: string;
  name: string | null;
  /** Null when WhatsApp withheld the number. */
  phoneCipher: Buffer | null;
}

/** For whom: an `Authority` will do. */
export interface Viewer {
  hidePhone: boolean;
}

/** A customer as WhatsApp is told whom to send to: by the number, else by its id of the user. */
export interface Recipient {
  phone: string | null;
  userId: string | null;
}

@Injectable()
export class ContactGate {
  constructor(private readonly vault: PhoneVault) {}

  /** The contact as `viewer` may see it. */
  view(viewer: Viewer, contact: StoredContact): ContactView {
    const { id, workspaceId, name, phoneCipher } = contact;
    const phone = phoneCipher && this.vault.open('phone', workspaceId, phoneCipher);
    if (!viewer.hidePhone) return { id, name, phone, masked: false };
    return { id, name: name && maskName(name), phone: phone && maskPhone(phone), masked: true };
  }

  /** What was said, as `viewer` may see it: customers write their numbers, too. */
  text(viewer: Viewer, workspaceId: string, sealed: Buffer | null): string | null {
    const text = sealed && this.vault.open('message', workspaceId, sealed);
    return text && viewer.hidePhone ? maskName(text) : text;
  }

  /** For the number that is shown on purpose, once that is audited. Null when WhatsApp withheld it. */
  reveal({ workspaceId, phoneCipher }: Pick<StoredContact, 'workspaceId' | 'phoneCipher'>): string | null {
    return phoneCipher && this.vault.open('phone', workspaceId, phoneCipher);
  }

  /** For the one way out that needs the number: to WhatsApp, which has it. Never into an answer, a frame or a log. */
  recipient(contact: Pick<StoredContact, 'workspaceId' | 'phoneCipher'> & { userCipher: Buffer | null }): Recipient {
    const { workspaceId, phoneCipher, userCipher } = contact;
    return {
      phone: phoneCipher && this.vault.open('phone', workspaceId, phoneCipher),
      userId: userCipher && this.vault.open('whatsapp-user', workspaceId, userCipher),
    };
  }
}
