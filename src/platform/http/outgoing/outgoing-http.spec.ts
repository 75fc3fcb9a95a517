import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Config } from '../../config/config.js';
import { validateEnvironment } from '../../config/environment.js';
import { OutgoingError, OutgoingHttp } from './outgoing-http.js';

/** What this test needs none of, but a configuration has. */
const OTHERS = {
  DATABASE_URL: 'postgres://127.0.0.1/none',
  REDIS_URL: 'redis://127.0.0.1',
  MUSTER_JWT_SECRET: 'a-secret-that-only-the-tests-know-of',
  MUSTER_PHONE_KEY: Buffer.alloc(32, 7).toString('base64'),
};

describe('outgoing calls', () => {
  const servers: Server[] = [];

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function serve(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://localhost:${(server.address() as AddressInfo).port}/path`;
  }

  const call = (url: string, toLoopback = 'on') =>
    new OutgoingHttp(new Config(validateEnvironment({ ...OTHERS, MUSTER_OUTGOING_LOOPBACK: toLoopback }))).send({
      method: 'POST',
      url,
      headers: { authorization: 'Bearer secret' },
      body: 'ping',
      timeoutMs: 300,
      maxBytes: 100,
    });

  const failureOf = async (promise: Promise<unknown>) => {
    const error = await promise.then(
      () => null,
      (failed: unknown) => failed,
    );
    expect(error).toBeInstanceOf(OutgoingError);
    expect(JSON.stringify(error) + String(error)).not.toContain('secret');
    return (error as OutgoingError).failure;
  };

  it('give the answer, whatever its status, and follow no redirect', async () => {
    const url = await serve((request, response) => {
      response
        .writeHead(request.headers.authorization ? 302 : 401, { location: 'http://169.254.169.254/' })
        .end('gone');
    });
    expect(await call(url)).toMatchObject({ status: 302, body: 'gone' });
  });

  it('know that nothing was received where nobody listens', async () => {
    const url = await serve(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await failureOf(call(url))).toBe('not_sent');
  });

  it.each<[string, RequestListener]>([
    ['is cut', (request) => request.socket.destroy()],
    ['never answers', () => undefined],
    ['is cut within the answer', (_, response) => void response.writeHead(200).write('half', () => response.destroy())],
    ['answers without an end', (_, response) => void response.end('x'.repeat(101))],
  ])('do not know what was received where the connection %s', async (_, answer) => {
    expect(await failureOf(call(await serve(answer)))).toBe('unknown');
  });

  it('reach no address that is not public, by number or by a name of this machine', async () => {
    let calls = 0;
    const url = await serve((_, response) => response.end(String(++calls)));
    const { port } = new URL(url);
    for (const host of ['localhost', '127.0.0.1', '[::1]', '0.0.0.0', '10.0.0.1', '2130706433']) {
      expect(await failureOf(call(`https://${host}:${port}/`, 'off'))).toBe('refused');
    }
    // The machine's own name stands for an address of its network: it is judged once it is looked up.
    expect(['refused', 'not_sent']).toContain(await failureOf(call(`https://${hostname()}:${port}/`, 'off')));
    expect(calls).toBe(0);
  });
});
