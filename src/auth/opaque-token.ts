import { createHash, randomBytes } from 'node:crypto';

/** A random token of 256 bits in base64url, and the hash that is stored of it. */
export function createOpaqueToken(): { token: string; hash: Buffer } {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashOpaqueToken(token) };
}

/** Random tokens can't be guessed, so a plain hash keeps them. */
export function hashOpaqueToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
