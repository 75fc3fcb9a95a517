import { io, type Socket } from 'socket.io-client';
import type { SessionClosed } from '#contracts';

/** Plain socket.io clients of a test, disconnected together. */
export class Sockets {
  private readonly open: Socket[] = [];

  /** A connected socket. */
  async connect(url: string, path: '/dashboard' | '/inbox', token: string): Promise<Socket> {
    const socket = io(`${url}${path}`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { token, protocol: 1 },
    });
    this.open.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return socket;
  }

  disconnect(): void {
    for (const socket of this.open.splice(0)) socket.disconnect();
  }
}

/** Resolves with why the server closes the socket, once it is closed. */
export async function closing(socket: Socket): Promise<SessionClosed> {
  const gone = new Promise((resolve) => socket.once('disconnect', resolve));
  const closed = await new Promise<SessionClosed>((resolve) => socket.once('session.closed', resolve));
  await gone;
  return closed;
}
