import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { encodeFrame, FrameSink, SLOW_AFTER_MS } from '../../src/platform/realtime/frame-sink.js';
import type { RealtimeSocket } from '../../src/platform/realtime/socket.js';
import { eventually } from '../support/eventually.js';
import { connectionOf } from '../support/live.js';

const MEGABYTE = 1024 * 1024;

describe('frames handed to the transport directly', () => {
  let http: HttpServer;
  let server: Server;
  let client: Socket;
  let socket: RealtimeSocket;
  let sink: FrameSink;
  let tick = 0;
  let isPermitted = true;

  beforeEach(async () => {
    http = createServer();
    server = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const connected = new Promise<RealtimeSocket>((resolve) => server.of('/dashboard').on('connection', resolve));
    const { port } = http.address() as AddressInfo;
    client = io(`http://127.0.0.1:${port}/dashboard`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    socket = await connected;
    isPermitted = true;
    Object.assign(socket.data, { authority: {}, permits: () => isPermitted });
    sink = FrameSink.of(socket);
  });

  afterEach(async () => {
    connectionOf(client)?.destroy();
    client.disconnect();
    await server.close();
  });

  it.each([10, 125, 126, 65_535, 65_536, 300_000])('are events to an ordinary client: %i bytes', async (size) => {
    const body = { text: 'ä€😀'.repeat(3) + 'x'.repeat(size) };
    const received = next('roster.delta');
    expect(write(body)).toBe(true);
    expect(await received).toEqual(body);
  });

  it('are written only while the authority they are made under permits it', async () => {
    isPermitted = false;
    expect(write({ n: 1 })).toBe(false);
    expect(sink.tell('conversation.updated', { n: 1 })).toBe(false);
    isPermitted = true;
    const received = next('roster.delta');
    expect(write({ n: 2 })).toBe(true);
    expect(await received).toEqual({ n: 2 });
  });

  it('never overtake what socket.io holds', async () => {
    const order: unknown[] = [];
    client.onAny((event, body) => order.push([event, body]));
    for (let n = 0; n < 20; n++) {
      socket.emit('plain', n);
      while (!write(n)) await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(
      () => order.length,
      (length) => length === 40,
    );
    const expected = Array.from({ length: 20 }, (_, n) => [
      ['plain', n],
      ['roster.delta', n],
    ]);
    expect(order).toEqual(expected.flat());
  });

  it('of one tick all go, of the next none before the client has taken them', async () => {
    pause();
    const frame = encodeFrame('/dashboard', 'roster.delta', JSON.stringify('x'.repeat(8 * MEGABYTE)));
    expect([1, 1, 2].map((id) => sink.write(frame, id, 0))).toEqual([true, true, false]);
    const received = new Promise<number>((resolve) => {
      let count = 0;
      client.on('roster.delta', () => ++count === 2 && resolve(count));
    });
    connectionOf(client).resume();
    expect(await received).toBe(2);
    await eventually(
      () => sink.isReady(3, 0),
      (isReady) => isReady,
    );
  });

  it('are bounded for a client that does not read, which is cut', async () => {
    pause();
    const frame = encodeFrame('/dashboard', 'roster.delta', JSON.stringify('x'.repeat(MEGABYTE)));
    let written = 0;
    for (let n = 0; n < 200; n++) {
      if (sink.write(frame, ++tick, 0)) written++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { bufferedAmount } = (socket.conn.transport as unknown as { socket: { bufferedAmount: number } }).socket;
    expect(written).toBeLessThan(50);
    expect(bufferedAmount).toBeLessThanOrEqual(frame.length);
    expect(socket.connected).toBe(true);
    expect(sink.write(frame, ++tick, SLOW_AFTER_MS - 1)).toBe(false);
    expect(socket.connected).toBe(true);
    expect(sink.write(frame, ++tick, SLOW_AFTER_MS + 1)).toBe(false);
    expect(socket.connected).toBe(false);
    await eventually(
      () => server.engine.clientsCount,
      (count) => count === 0,
    );
  });

  it('wait for a client that handles nothing, though the network would take more', async () => {
    pause();
    const frame = encodeFrame('/dashboard', 'roster.delta', JSON.stringify('x'.repeat(20_000)));
    const written = () => sink.write(frame, ++tick, 0);
    let count = 0;
    while (count < 100 && written()) count++;
    expect(count).toBeLessThan(10);
    connectionOf(client).resume();
    await eventually(written, (isWritten) => isWritten);
  });

  it('wait for nothing where the client keeps up, also with what followed the question', async () => {
    const sizes = [10, 40_000, 200_000, 500_000, 20_000];
    for (const size of sizes) {
      await eventually(
        () => write('x'.repeat(size)),
        (isWritten) => isWritten,
      );
      sink.write(encodeFrame('/dashboard', 'roster.delta', JSON.stringify('x'.repeat(300_000))), tick, 0);
    }
    await eventually(
      () => sink.isReady(++tick, 0),
      (isReady) => isReady,
    );
  });

  it('are not written to who has gone', () => {
    socket.disconnect(true);
    expect(write({})).toBe(false);
  });

  function write(body: unknown): boolean {
    return sink.write(encodeFrame('/dashboard', 'roster.delta', JSON.stringify(body)), ++tick, 0);
  }

  function next(event: string): Promise<unknown> {
    return new Promise((resolve) => client.once(event, resolve));
  }

  /** The client stops reading. */
  function pause(): void {
    connectionOf(client).pause();
  }
});
