/** Mutant: a node goes on sending after the others have stopped to wait for it. */
import 'reflect-metadata';

const { NodeLease } = await import('../../../../dist/src/platform/nodes/node-lease.js');
NodeLease.prototype.isHeld = () => true;
