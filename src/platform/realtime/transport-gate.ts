/**
 * The last look before socket.io's own packets reach a transport. What was handed over while a client was busy is
 * flushed later, perhaps after this node was frozen and its lease is over: then the connection ends instead.
 *
 * Who calls: engine.io, at each flush. Frames that bypass its buffer pass `FrameSink`. Control packets carry nothing
 * of anybody's and always pass.
 */

/** What of engine.io's packets and connections is used. */
interface Packet {
  type: string;
  data?: unknown;
}

export interface EngineConnection {
  transport: { send: (packets: Packet[]) => void };
  close(discard?: boolean): void;
}

/** socket.io's CONNECT, DISCONNECT and CONNECT_ERROR; `session.closed`; refusals. */
const CONTROL = /^(?:[014]|2(?:\/\w+,)?\["session\.closed"|3(?:\/\w+,)?\d*\[\{"ok":false)/;

/** Whether a packet says nothing that rights decide about. */
export function isControl({ type, data }: Packet): boolean {
  return type !== 'message' || (typeof data === 'string' && CONTROL.test(data));
}

/** Puts the gate in front of the connection's transport. */
export function guardTransport(connection: EngineConnection, mayAct: () => boolean): void {
  const { transport } = connection;
  const send = transport.send.bind(transport);
  transport.send = (packets) => {
    if (mayAct() || packets.every(isControl)) return send(packets);
    connection.close(true);
  };
}
