import { createServer, type AddressInfo, type Server } from 'node:net';
import { Config } from '../../config/config.js';
import { validateEnvironment } from '../../config/environment.js';
import { OutgoingHttp } from './outgoing-http.js';

const config = new Config(
  validateEnvironment({
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    REDIS_URL: 'redis://127.0.0.1:1',
    MUSTER_JWT_SECRET: 'a-secret-that-only-the-tests-know-of',
    MUSTER_PHONE_KEY: Buffer.alloc(32, 7).toString('base64'),
    MUSTER_OUTGOING_LOOPBACK: 'on',
  }),
);

describe('an outgoing call ends, whatever the other side does', () => {
  const outgoing = new OutgoingHttp(config);
  let server: Server | undefined;

  afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

  /** A server that answers everything with these bytes, and says nothing more. */
  const answering = async (bytes: string): Promise<number> => {
    const listening = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => socket.write(bytes));
    });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    return (listening.address() as AddressInfo).port;
  };

  const post = (url: string) =>
    outgoing.send({ method: 'POST', url, headers: {}, body: '{}', timeoutMs: 500, maxBytes: 1_000 });

  it('with the status where it wants another protocol', async () => {
    const port = await answering('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tea\r\n\r\n');
    expect((await post(`http://127.0.0.1:${port}/`)).status).toBe(101);
  });

  it.each([
    ['says nothing', ''],
    ['stops within its head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['stops within its body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab'],
    ['only announces', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])('with a timeout where it %s', async (_, bytes) => {
    const port = await answering(bytes);
    await expect(post(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ failure: 'unknown', code: 'timeout' });
  });

  it('with what it is, however its address is written', async () => {
    const port = await answering('HTTP/1.1 204 No Content\r\n\r\n');
    expect((await post(`HTTP://127.0.0.1:${port}/`)).status).toBe(204);
    await expect(post(`HTTPS://127.0.0.1:${port}/`)).rejects.toMatchObject({ name: 'OutgoingError' });
  });
});
