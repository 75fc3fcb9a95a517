import { createHmac, hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { householdOf } from '../platform/http/origin.js';

/**
 * Keyed hashes of what must be recognised and not be read: who logs in, and from where. The key is not in the
 * database, so nobody who has only that can try all addresses.
 */
@Injectable()
export class Fingerprints {
  private readonly keys: { account: Buffer; origin: Buffer; refresh: Buffer; token: Buffer };

  constructor(config: Config) {
    const derive = (use: string) => Buffer.from(hkdfSync('sha256', config.phoneKey, '', `muster/auth/${use}/v1`, 32));
    this.keys = {
      account: derive('account'),
      origin: derive('origin'),
      refresh: derive('refresh'),
      token: derive('token'),
    };
  }

  /** Of an e-mail, whatever its case: in one workspace, or in all. */
  account(email: string, workspace = ''): string {
    return digest(this.keys.account, `${workspace}\n${email.toLowerCase()}`).toString('base64url');
  }

  /** Of where a request comes from. */
  origin(address: string): Buffer {
    return digest(this.keys.origin, householdOf(address));
  }

  /** Proves that a refresh token was issued here. Its key stays when the one of the access tokens is rotated. */
  seal(text: string): string {
    return digest(this.keys.refresh, text).toString('base64url');
  }

  /**
   * The secret of a single-use token: it follows from its id, so that whoever mails it needs nothing but the id, and
   * mails the same one when it has to try again.
   */
  token(id: string): string {
    return digest(this.keys.token, id).toString('base64url');
  }
}

function digest(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
