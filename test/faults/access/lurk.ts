import type { ClusterNode } from './cluster.js';
import type { Random } from './random.js';
import type { Session } from './session.js';
import { SocketClient } from './socket-client.js';
import type { Stage } from './stage.js';

const LURKING_MS = 4_000;

/** A socket, from about now, that says nothing for a while: only what the node does by itself can end it. */
export async function lurk(stage: Stage, session: Session, node: ClusterNode, random: Random): Promise<void> {
  await stage.pause(random.between(0, 40));
  const socket = await SocketClient.connect(stage, session, node, '/dashboard');
  await socket?.stay(LURKING_MS);
}
