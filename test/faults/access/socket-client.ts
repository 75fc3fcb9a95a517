/** A socket of a principal, from its connect to its end, written down. */
import { io, type Socket } from 'socket.io-client';
import type { Ack, Permission, Problem } from '#contracts';
import type { ClusterNode } from './cluster.js';
import { now, type Operation, type SocketLife } from './history.js';
import type { Session } from './session.js';
import type { Stage } from './stage.js';

export type Namespace = '/dashboard' | '/inbox';

const NEEDS: Record<Namespace, Permission> = { '/dashboard': 'dashboard.view', '/inbox': 'inbox.read' };
const PATIENCE_MS = 9_000;

export class SocketClient {
  private readonly life: SocketLife;

  private constructor(
    private readonly stage: Stage,
    private readonly session: Session,
    private readonly node: ClusterNode,
    private readonly namespace: Namespace,
    private readonly socket: Socket,
    operation: Operation,
  ) {
    this.life = {
      principal: session.principal.id,
      node: node.index,
      port: null,
      namespace,
      needs: NEEDS[namespace],
      invoke: operation.invoke,
      connectedAt: Infinity,
      closedAt: Infinity,
      subscribedAt: null,
      frames: [],
      told: [],
    };
    this.listen(operation);
  }

  /** Null: it was refused, or nobody answered. */
  static async connect(
    stage: Stage,
    session: Session,
    node: ClusterNode,
    namespace: Namespace,
  ): Promise<SocketClient | null> {
    const operation = stage.begin(session.principal.id, 'connect', node.index, NEEDS[namespace]);
    const socket = io(`${node.url}${namespace}`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      timeout: PATIENCE_MS,
      auth: { token: session.token, protocol: 1 },
    });
    const client = new SocketClient(stage, session, node, namespace, socket, operation);
    const code = await answered(socket);
    operation.return = code === 'no_answer' ? Infinity : now();
    operation.ok = code === 'connected';
    if (!stage.isOver || operation.ok) operation.code = code;
    if (operation.ok) return client;
    socket.disconnect();
    return null;
  }

  /** From the first byte: its end may come together with its beginning. */
  private listen(operation: Operation): void {
    const { socket, life } = this;
    socket.io.on('open', () => (operation.port = life.port = localPort(socket)));
    socket.on('connect', () => {
      life.connectedAt = now();
      this.stage.history.sockets.push(life);
    });
    socket.onAny(() => life.frames.push(now()));
    socket.on('permissions.changed', () => life.told.push(now()));
    socket.on('disconnect', () => (life.closedAt = now()));
  }

  private get isOpen(): boolean {
    return this.life.closedAt === Infinity;
  }

  async subscribe(): Promise<void> {
    const topic = this.namespace === '/inbox' ? 'assignable' : 'roster';
    if (await this.ask('subscribe', { topic })) this.life.subscribedAt = now();
  }

  /** Sets the own availability; only on `/inbox`. */
  setPresence(): Promise<boolean> {
    return this.ask('presence.set', { availability: 'available' });
  }

  /** Resolves when it was closed, or stayed for so long; sockets that the end of the run finds open are kept. */
  async stay(ms: number): Promise<void> {
    const until = now() + ms;
    while (!this.stage.isOver && this.isOpen && now() < until) await this.stage.pause(100);
    if (this.stage.isOver) this.stage.onceOver(() => this.socket.disconnect());
    else this.socket.disconnect();
  }

  private async ask(event: string, body: object): Promise<boolean> {
    const operation = this.stage.begin(this.session.principal.id, event, this.node.index, this.life.needs);
    const answer = await new Promise<Ack<unknown> | null>((resolve) => {
      this.socket.timeout(PATIENCE_MS).emit(event, body, (error: Error | null, ack: Ack<unknown>) => {
        resolve(error ? null : ack);
      });
    });
    if (!answer) {
      if (!this.stage.isOver) operation.code = 'no_answer';
      return false;
    }
    operation.return = now();
    operation.ok = answer.ok;
    operation.code = answer.ok ? 'ok' : answer.error.code;
    return answer.ok;
  }
}

function answered(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('no_answer'), PATIENCE_MS);
    const settle = (code: string) => {
      clearTimeout(timer);
      resolve(code);
    };
    socket.once('connect', () => settle('connected'));
    socket.once('connect_error', (error: Error & { data?: Problem }) => settle(error.data?.code ?? 'no_answer'));
    socket.once('disconnect', () => settle('no_answer'));
  });
}

/** Our end of the connection, which is how the server's end knows it. */
function localPort(socket: Socket): number | null {
  const { transport } = socket.io.engine as unknown as {
    transport: { ws?: { _socket?: { localPort?: number } } };
  };
  return transport.ws?._socket?.localPort ?? null;
}
