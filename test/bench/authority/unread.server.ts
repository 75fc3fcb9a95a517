/**
 * A node of the product that reads each authority once and then remembers it: what nobody may do, and so the measure
 * of what reading it for every request costs. The product has no such switch; here its reader is replaced.
 */
import { AuthorityReader, type AuthorityReading } from '../../../src/access/authority.reader.js';
import type { Credential } from '../../../src/access/authority.js';

const read = AuthorityReader.prototype.read;
const remembered = new Map<string, Promise<AuthorityReading>>();

AuthorityReader.prototype.read = function (this: AuthorityReader, credential: Credential) {
  const known = remembered.get(credential.id) ?? read.call(this, credential);
  remembered.set(credential.id, known);
  return known;
};

export { start } from '../support/product.server.js';
