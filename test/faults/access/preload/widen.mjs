/**
 * Preloaded into a node under test: widens the windows in which a revocation can slip through, as a slow database or a
 * busy core would. A handshake waits after it has read the authority, an answer after it has read its conversation.
 */
import 'reflect-metadata';

const HANDSHAKE_MS = 40;
const READ_MS = 40;

/** @param {{ prototype: object }} type @param {string} method @param {number} longest @param {number} probability */
function delayReturn(type, method, longest, probability) {
  const methods = /** @type {Record<string, (...args: unknown[]) => Promise<unknown>>} */ (type.prototype);
  const original = methods[method];
  if (!original) throw new Error(`There is no ${method} to delay; the faults have to follow the product.`);
  methods[method] = async function (...args) {
    const result = await original.apply(this, args);
    if (Math.random() < probability) await new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
    return result;
  };
}

const { SocketHandshake } = await import('../../../../dist/src/access/socket-handshake.js');
const { ConversationsService } = await import('../../../../dist/src/conversations/conversations.service.js');
delayReturn(SocketHandshake, 'authenticate', HANDSHAKE_MS, 0.8);
delayReturn(ConversationsService, 'viewFor', READ_MS, 0.5);
