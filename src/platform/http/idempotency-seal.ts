import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts answers, each bound to its request: what was stored for one opens for no other. */
export class AnswerSeal {
  private readonly key: Buffer;
  private readonly markKey: Buffer;

  /** `secret`: 32 bytes from which the key is derived. */
  constructor(secret: Buffer) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'muster/idempotency/v1', 32));
    this.markKey = Buffer.from(hkdfSync('sha256', secret, '', 'muster/idempotency/mark/v1', 32));
  }

  /** Of a digest, so that nobody who has only the database can try which password or number was sent. */
  mark(digest: Buffer): Buffer {
    return createHmac('sha256', this.markKey).update(digest).digest();
  }

  seal(request: readonly string[], text: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(bound(request));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]);
  }

  /** Null when it was sealed with another key, for another request, or changed. */
  open(request: readonly string[], sealed: Buffer): string | null {
    try {
      const iv = sealed.subarray(0, IV_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', this.key, iv, { authTagLength: TAG_BYTES })
        .setAAD(bound(request))
        .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return null;
    }
  }
}

function bound(request: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(request));
}
