/** Mutant: everything may leave. */
import 'reflect-metadata';

const { OutboundGate } = await import('../../../../dist/src/access/revocation/outbound-gate.js');
const { NodeLease } = await import('../../../../dist/src/platform/nodes/node-lease.js');
OutboundGate.prototype.permits = () => true;
NodeLease.prototype.isHeld = () => true;
