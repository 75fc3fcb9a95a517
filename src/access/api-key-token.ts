import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { ProblemException } from '../platform/errors/problem.exception.js';

/** An API key taken apart: whose it is, and the secret that proves it. */
export interface ApiKeySecret {
  id: string;
  secret: Buffer;
}

const PREFIX = 'msk_';
const ID_BYTES = 16;
const SECRET_BYTES = 32;

export function isApiKey(token: string): boolean {
  return token.startsWith(PREFIX);
}

/** Makes the key of the API key `id`: `msk_` and base64url of the id and 32 random bytes. */
export function createApiKey(id: string): { token: string; hash: Buffer } {
  const secret = randomBytes(SECRET_BYTES);
  const bytes = Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), secret]);
  return { token: PREFIX + bytes.toString('base64url'), hash: digest(secret) };
}

/** Takes a key apart; anything that can't be one is 401 `token_invalid`. */
export function parseApiKey(token: string): ApiKeySecret {
  const text = token.slice(PREFIX.length);
  const bytes = Buffer.from(text, 'base64url');
  // Decoding passes over what it doesn't know: only the one right way to write a key is a key.
  if (bytes.length !== ID_BYTES + SECRET_BYTES || bytes.toString('base64url') !== text) {
    throw new ProblemException('token_invalid', 'This is not an API key of Muster; send it unchanged.');
  }
  const hex = bytes.toString('hex', 0, ID_BYTES);
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  return { id, secret: bytes.subarray(ID_BYTES) };
}

export function matchesHash(key: ApiKeySecret, expected: Buffer): boolean {
  return timingSafeEqual(digest(key.secret), expected);
}

/** The secret has 256 random bits, so a plain hash is enough: there is nothing to guess. */
function digest(secret: Buffer): Buffer {
  return hash('sha256', secret, 'buffer');
}
