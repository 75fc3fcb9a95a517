/**
 * Preloaded into a node under test: writes down what leaves the process, without any part of the product.
 *
 * Every write to an accepted connection becomes one line of JSON in FAULTS_STAMPS, written synchronously right before
 * the bytes are handed on: [time, remote port, "http" | "socket", status or 0, has a raw number, first bytes]. A process
 * can be stopped between the gate and the write, and what passed the gate is not to be judged by the write: so when the
 * lease is asked and held, the time *before* the answer counts for the writes of the same synchronous run.
 * The node ends when its standard input does, so that it can't outlive the run.
 */
import 'reflect-metadata';
import { openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';

const { FAULTS_STAMPS, FAULTS_NEEDLE = 'no needle' } = process.env;
const NEEDLE = Buffer.from(FAULTS_NEEDLE);
const HEAD = 100;
const file = FAULTS_STAMPS ? openSync(FAULTS_STAMPS, 'a') : null;
/** @type {WeakMap<Socket, { isWebSocket: boolean, status: number }>} */
const connections = new WeakMap();
let passedAt = 0;

const now = () => Number(process.hrtime.bigint()) / 1e6;

/** @param {Socket} socket @param {unknown} chunk @param {unknown} encoding */
function stamp(socket, chunk, encoding) {
  // Only what was accepted has a server.
  if (!('server' in socket) || !socket.server || chunk === null || chunk === undefined) return;
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
  const at = passedAt || now();
  const text = typeof encoding === 'string' ? encoding : 'utf8';
  const bytes =
    typeof chunk === 'string' ? Buffer.from(chunk, /** @type {BufferEncoding} */ (text)) : Buffer.from(chunk);
  const connection = connections.get(socket) ?? { isWebSocket: false, status: 0 };
  connections.set(socket, connection);
  const head = connection.isWebSocket ? payload(bytes) : bytes;
  if (head.length === 0) return;
  const start = head.toString('latin1', 0, HEAD);
  const status = connection.isWebSocket ? null : /^HTTP\/1\.1 (\d{3})/.exec(start)?.[1];
  if (status) connection.status = Number(status);
  const channel = connection.isWebSocket ? 'socket' : 'http';
  const line = [at, socket.remotePort, channel, connection.status, bytes.includes(NEEDLE), start];
  if (file !== null) writeSync(file, `${JSON.stringify(line)}\n`);
  if (connection.status === 101) connection.isWebSocket = true;
}

/** What is in a WebSocket frame; nothing when these bytes are only its head. @param {Buffer} bytes */
function payload(bytes) {
  if (bytes[0] === undefined || bytes[0] < 0x80) return bytes;
  const length = (bytes[1] ?? 0) & 0x7f;
  return bytes.subarray(length === 127 ? 10 : length === 126 ? 4 : 2);
}

for (const method of /** @type {const} */ (['write', 'end'])) {
  const original = Socket.prototype[method];
  /** @param {unknown[]} args */
  Socket.prototype[method] = function (...args) {
    stamp(this, args[0], args[1]);
    return Reflect.apply(original, this, args);
  };
}

const { NodeLease } = await import('../../../../dist/src/platform/nodes/node-lease.js');
const isHeld = NodeLease.prototype.isHeld;
if (isHeld) {
  NodeLease.prototype.isHeld = function () {
    const at = now();
    const held = isHeld.call(this);
    if (held && passedAt === 0) {
      passedAt = at;
      queueMicrotask(() => (passedAt = 0));
    }
    return held;
  };
}

process.stdin.on('end', () => process.exit(1)).resume();
process.stdin.unref?.();
