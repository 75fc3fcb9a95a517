/** Mutant: who was let in by the handshake stays, whatever happened before the socket was registered. */
import 'reflect-metadata';

const { SocketRegistry } = await import('../../../../dist/src/access/socket-registry.js');
if (!('rereadOnConnect' in SocketRegistry.prototype)) throw new Error('There is no rereadOnConnect to switch off.');
SocketRegistry.prototype.rereadOnConnect = async () => undefined;
