/**
 * Keeps customer numbers, what is said, and channel tokens unreadable in the database.
 *
 * Who calls: what stores a contact, a message or a channel, and the contact gate, which is the only one that opens a
 * number or a text. Guaranteed: what is sealed for one purpose and workspace opens for no other; equal numbers of one
 * workspace have equal indexes, and nobody without the key can compute one. Must never happen: a raw number in
 * a column, a log or an error. The first byte of a sealed value is its format's version, so that keys can be
 * rotated later.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';

/** What a sealed value is; each has a key of its own. */
export type Purpose = 'phone' | 'whatsapp-user' | 'message' | 'channel-token' | 'webhook-secret' | 'chatwoot-secret';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Enough that no two ids ever meet. */
const KEY_BYTES = 18;
const HEADER_BYTES = 1 + IV_BYTES + TAG_BYTES;

@Injectable()
export class PhoneVault {
  private readonly keys: Record<Purpose, KeyObject>;
  /** As an object: of bytes Node makes one at each call, which costs three times the hash. */
  private readonly indexKey: KeyObject;

  constructor(config: Config) {
    const derive = (use: string) =>
      createSecretKey(Buffer.from(hkdfSync('sha256', config.phoneKey, '', `muster/${use}/v${VERSION}`, 32)));
    this.keys = {
      phone: derive('phone'),
      'whatsapp-user': derive('whatsapp-user'),
      message: derive('message'),
      'channel-token': derive('channel-token'),
      'webhook-secret': derive('webhook-secret'),
      'chatwoot-secret': derive('chatwoot-secret'),
    };
    this.indexKey = derive('index');
  }

  /** The blind index under which a customer's number (or WhatsApp user id) is found in its workspace. */
  index(workspaceId: string, identity: string): Buffer {
    return createHmac('sha256', this.indexKey).update(`${workspaceId}\n${identity}`).digest();
  }

  /** The blind index of WhatsApp's id of a message, which contains the customer's number. */
  wamidIndex(workspaceId: string, wamid: string): Buffer {
    return this.index(workspaceId, `wamid:${wamid}`);
  }

  /**
   * What an interaction is known by: a keyed hash of the id it was given, which may contain the customer's number. Equal
   * ids of one workspace are equal, whoever reports them.
   */
  interactionKey(workspaceId: string, id: string): string {
    return this.index(workspaceId, `interaction:${id}`).toString('base64url', 0, KEY_BYTES);
  }

  /** AES-256-GCM with a random nonce, bound to the purpose and the workspace. */
  seal(purpose: Purpose, workspaceId: string, text: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keys[purpose], iv).setAAD(Buffer.from(workspaceId));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), body]);
  }

  /** What was sealed. Throws when it was sealed with another key, for another purpose or workspace, or changed. */
  open(purpose: Purpose, workspaceId: string, sealed: Buffer): string {
    if (sealed[0] !== VERSION || sealed.length < HEADER_BYTES) throw unreadable();
    try {
      const iv = sealed.subarray(1, 1 + IV_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', this.keys[purpose], iv, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(workspaceId))
        .setAuthTag(sealed.subarray(1 + IV_BYTES, HEADER_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(HEADER_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      throw unreadable();
    }
  }
}

function unreadable(): Error {
  return new Error('a stored value can not be decrypted: MUSTER_PHONE_KEY is not the key it was encrypted with');
}
