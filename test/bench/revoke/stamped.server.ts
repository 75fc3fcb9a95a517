/**
 * A node of the product that notes when it last sent each client data. What counts is the moment in which the node's
 * lease was looked at, if it was in the same tick: a process may be stopped between the gate and the write, and bytes
 * that passed the gate are out of scope.
 */
import { Socket } from 'node:net';
import { NodeLease } from '../../../src/platform/nodes/node-lease.js';
import type { ProductOptions } from '../support/product.js';
import { start as startProduct } from '../support/product.server.js';
import type { RunningServer } from '../support/server.js';
import type { Sent } from './sends.js';
import { monotonicMs } from '../support/time.js';

/** Told to somebody who is sent away, or who may know that: by contract always allowed. */
const DATA = /^(?:42(?![^[]*\["(?:session\.closed|permissions\.changed)")|43[^[]*\[\{"ok":true)/;
const ANSWER = /^HTTP\/1\.1 2/;
const SHOWN = 80;

const sent: Sent[] = [];
const connections = new WeakMap<Socket, Sent>();
let passedAt = 0;

const isHeld = NodeLease.prototype.isHeld;
NodeLease.prototype.isHeld = function (this: NodeLease) {
  const at = monotonicMs();
  const held = isHeld.call(this);
  if (held && passedAt === 0) {
    passedAt = at;
    queueMicrotask(() => (passedAt = 0));
  }
  return held;
};

for (const method of ['write', 'end'] as const) {
  const original = Socket.prototype[method] as (...args: unknown[]) => unknown;
  const noting = function (this: Socket & { server?: unknown }, ...args: unknown[]) {
    if (this.server) note(this, args[0]);
    return original.apply(this, args);
  };
  Object.defineProperty(Socket.prototype, method, { value: noting, writable: true, configurable: true });
}

function note(socket: Socket, chunk: unknown): void {
  const head = typeof chunk === 'string' ? chunk.slice(0, SHOWN) : chunk instanceof Uint8Array ? payload(chunk) : '';
  if (!DATA.test(head) && !ANSWER.test(head)) return;
  const at = passedAt || monotonicMs();
  const known = connections.get(socket);
  if (known) return void Object.assign(known, { lastAt: at, head });
  const first: Sent = { port: socket.remotePort ?? 0, firstAt: at, lastAt: at, head };
  connections.set(socket, first);
  sent.push(first);
}

/** What a frame of a WebSocket begins with; of one whose head is written by itself, this is the rest. */
function payload(bytes: Uint8Array): string {
  const length = (bytes[1] ?? 0) & 0x7f;
  const skipped = (bytes[0] ?? 0) < 0x80 ? 0 : length === 127 ? 10 : length === 126 ? 4 : 2;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', skipped, skipped + SHOWN);
}

export async function start(options: ProductOptions): Promise<RunningServer> {
  const server = await startProduct(options);
  return { ...server, methods: { sent: () => sent.splice(0) } };
}
